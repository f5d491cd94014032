import { readdirSync } from 'node:fs'
import type { MetricFamily } from '@vethra/api'
import { listAttachments, listContainers, listNetworks } from '@vethra/engine'
import type { Api } from './api.ts'

/** The counters and gauges of the daemon. */
export async function readMetrics(api: Api): Promise<readonly MetricFamily[]> {
  const waiting = api.happened.listenerCount('event')
  return [
    gauge('vethra_build_info', 'The version that runs.', [[{ version: api.version }, 1]]),
    ...(await counted(api)),
    ...looked(api),
    api.tally.family('vethra_looks_total', 'Looks at the host, by how they went.'),
    api.tally.family('vethra_look_seconds_total', 'The time that looks took.'),
    api.tally.family('vethra_repairs_total', 'Repairs, by kind and outcome.'),
    api.tally.family('vethra_events_total', 'Events, by type.'),
    api.tally.family('vethra_http_requests_total', 'Requests, by operation and status.'),
    gauge('vethra_event_readers', 'Readers of events that wait for the next.', waiting),
    ...ofProcess(),
  ]
}

// Of the default namespace: others are not known by heart, and a scrape must stay cheap.
async function counted(api: Api): Promise<readonly MetricFamily[]> {
  const tools = await api.manage()
  const [{ rows }, containers, attachments] = await Promise.all([
    listNetworks(tools),
    listContainers(tools),
    listAttachments(tools),
  ])
  const states = Map.groupBy(containers, ({ State }) => State)
  return [
    gauge('vethra_networks', 'Networks.', rows.length),
    gauge(
      'vethra_containers',
      'Containers of the default namespace, by state.',
      [...states].map(([state, each]) => [{ state }, each.length] as const),
    ),
    gauge('vethra_attachments', 'Attachments that are cached or recorded.', attachments.length),
  ]
}

function looked({ reconciler }: Api): readonly MetricFamily[] {
  const last = reconciler.last()
  const { atMs = 0, tookMs = 0 } = last ?? {}
  const kinds = Map.groupBy(last?.findings ?? [], ({ kind, severity }) => `${severity} ${kind}`)
  return [
    gauge(
      'vethra_findings',
      'The findings of the last look, by severity and kind.',
      [...kinds.values()].map((each) => {
        const [{ severity = '', kind = '' } = {}] = each
        return [{ severity, kind }, each.length] as const
      }),
    ),
    gauge('vethra_last_look_timestamp_seconds', 'When the host was last looked at.', atMs / 1000),
    gauge('vethra_last_look_seconds', 'The time of the last look, waits included.', tookMs / 1000),
  ]
}

function ofProcess(): readonly MetricFamily[] {
  const { user, system } = process.cpuUsage()
  const cpu = gauge('process_cpu_seconds_total', 'Processor time used.', (user + system) / 1e6)
  const started = Math.round(Date.now() / 1000 - process.uptime())
  return [
    { ...cpu, type: 'counter' },
    gauge('process_resident_memory_bytes', 'Memory in use.', process.memoryUsage.rss()),
    gauge('process_open_fds', 'Open descriptors.', readdirSync('/proc/self/fd').length),
    gauge('process_start_time_seconds', 'When it started.', started),
  ]
}

function gauge(
  name: string,
  help: string,
  values: number | readonly (readonly [Readonly<Record<string, string>>, number])[],
): MetricFamily {
  const all = typeof values === 'number' ? [[{}, values] as const] : values
  return { name, type: 'gauge', help, samples: all.map(([labels, value]) => ({ labels, value })) }
}
