// What memory do names take, after each was asked for: in `vethra dns`, and in a daemon that resolves, beside one on the same host
// that leaves it to `vethra dns`? Resident is with the pages of the executable, own without. Needs dnsperf. Sizes:
// VETHRA_BENCH_RUNS (default 3), VETHRA_BENCH_NAMES (10,1000,5000,10000), VETHRA_BENCH_SECONDS (3).
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { type Host, openHost } from '../e2e/host.ts'
import { startDaemon, until } from '../e2e/running-daemon.ts'
import { type DnsPlace, openDnsPlace } from './dns-place.ts'
import { ours } from './dns-servers.ts'
import { figuresOf } from './figures.ts'

const runs = Number(process.env['VETHRA_BENCH_RUNS'] ?? 3)
const seconds = Number(process.env['VETHRA_BENCH_SECONDS'] ?? 3)
const settleMs = 3000

for (const names of (process.env['VETHRA_BENCH_NAMES'] ?? '10,1000,5000,10000').split(',')) {
  const host = await openHost()
  try {
    await measure(host, Number(names))
  } finally {
    await host.close()
  }
}

async function measure(host: Host, names: number): Promise<void> {
  const place = await openDnsPlace(host, names)
  console.log(`${names} names, ${runs} runs, medians in MiB:`)
  const alone: Memory[] = []
  const [without, within]: [Memory[], Memory[]] = [[], []]
  for (let run = 0; run < runs; run += 1) {
    const resolver = await place.start(ours)
    without.push(await memoryOfDaemon(host, place))
    alone.push(memoryOf(resolver.pid))
    await resolver.stop()
    within.push(await memoryOfDaemon(host, place))
  }
  tell('vethra dns', alone)
  tell('daemon beside it', without)
  tell('daemon that resolves', within)
}

async function memoryOfDaemon(host: Host, place: DnsPlace): Promise<Memory> {
  const daemon = await startDaemon(host, '--log-level', 'error', '--reconcile-interval', '3600')
  try {
    await until(async () => (await daemon.ask('/health')).status === 200, 60_000)
    await place.load({ transport: 'udp', clients: 20, seconds })
    await setTimeout(settleMs)
    return memoryOf(daemon.pid)
  } finally {
    await daemon.end()
  }
}

/** In MiB. */
interface Memory {
  readonly resident: number
  readonly own: number
  readonly peak: number
}

function memoryOf(pid: number): Memory {
  const field = (file: string, name: string) => {
    const text = readFileSync(`/proc/${pid}/${file}`, 'utf8')
    return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1]) / 1024
  }
  return {
    resident: field('smaps_rollup', 'Rss'),
    own: field('smaps_rollup', 'Anonymous'),
    peak: field('status', 'VmHWM'),
  }
}

function tell(what: string, samples: readonly Memory[]): void {
  const shown = (['resident', 'own', 'peak'] as const).map((key) => {
    const { median } = figuresOf(samples.map((each) => each[key]))
    return `${key} ${median.toFixed(0).padStart(4)}`
  })
  console.log(`  ${what.padEnd(22)}${shown.join('  ')}`)
}
