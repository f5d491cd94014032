import { guards } from '@vethra/cni'
import { type BundleRecord, storedMappings } from '@vethra/container'
import { type ContainerNames, renderHostname, renderHosts } from '@vethra/names'
import { runningResolver } from '../dns/resolver-state.ts'
import { writeResolvConf } from '../dns/tend-resolv-conf.ts'
import type { Preparing } from './prepare-tools.ts'

/** The tools that the files of a container are written with. */
type FilesTools = Pick<
  Preparing,
  'containers' | 'hosts' | 'effects' | 'host' | 'files' | 'known' | 'settings'
>

/** Writes the ports for nerdctl, and resolv.conf, hosts and hostname for mounting, in place; these not in another container's network. Returns warnings. */
export async function writeContainerFiles(
  tools: FilesTools,
  record: BundleRecord,
): Promise<readonly string[]> {
  const { containers } = tools
  const { id, hostname, ports } = record
  // As nerdctl writes it: no key when there are no ports.
  const stored = ports.length > 0 ? { portMappings: storedMappings(ports) } : {}
  await containers.write(id, 'network-config.json', stored)
  if (record.mode === 'container') return []
  const warnings = await writeResolvConfOf(tools, record)
  if (hostname !== '') await containers.writeMounted(id, 'hostname', renderHostname(hostname))
  await writeHosts(tools, record)
  return warnings
}

async function writeHosts({ hosts, effects }: FilesTools, record: BundleRecord): Promise<void> {
  const { mode } = record
  const names: ContainerNames = { ...record, networks: null }
  const copied = mode === 'host' || mode === 'ns' ? await effects.hostsFile() : ''
  await hosts.prepare(record.id, renderHosts(copied, names, []))
  // Containers with networks become known when the hook has attached them; others are at once.
  if (mode !== 'cni') await hosts.acquire(names)
}

// What a resolver that stops meanwhile puts right is written by then.
async function writeResolvConfOf(
  tools: FilesTools,
  record: BundleRecord,
): Promise<readonly string[]> {
  const { host, files, known: networks } = tools
  const { lock, places } = host
  return lock.hold(guards['resolv-conf'](places), async () => {
    const resolver = await runningResolver(files, places)
    return writeResolvConf(
      { ...tools, rootless: host.rootless },
      { id: record.id, record, networks, resolver },
    )
  })
}
