import type { BundlePlan } from '@vethra/container'
import {
  type ContainerNames,
  containerResolvConf,
  renderHostname,
  renderHosts,
  renderResolvConf,
  usesStub,
} from '@vethra/names'
import { findNetwork, networkSubnets, networksFromFiles } from '@vethra/networks'
import type { ManageTools } from '../network/tools.ts'

/**
 * Writes what is mounted into the container: resolv.conf, hosts and hostname, in place where they
 * exist. A container that shares another's network gets none of its own. Returns warnings.
 */
export async function writeContainerFiles(
  tools: ManageTools,
  plan: BundlePlan,
): Promise<readonly string[]> {
  if (plan.mode === 'container') return []
  const { containers } = tools
  const { id, hostname } = plan.record
  const { text, warnings } = await resolvConfOf(tools, plan)
  await containers.writeMounted(id, 'resolv.conf', text)
  if (hostname !== '') await containers.writeMounted(id, 'hostname', renderHostname(hostname))
  await writeHosts(tools, plan)
  return warnings
}

async function writeHosts(
  { hosts, effects }: ManageTools,
  { mode, record }: BundlePlan,
): Promise<void> {
  const names: ContainerNames = { ...record, networks: null }
  const copied = mode === 'host' || mode === 'ns' ? await effects.hostsFile() : ''
  await hosts.prepare(record.id, renderHosts(copied, names, []))
  // Containers with networks become known when the hook has attached them; others are at once.
  if (mode !== 'cni') await hosts.acquire(names)
}

async function resolvConfOf(
  { networks, settings, effects, host }: ManageTools,
  { mode, record }: BundlePlan,
): Promise<{ readonly text: string; readonly warnings: readonly string[] }> {
  const { networks: known } = networksFromFiles(await networks.list())
  const subnets = record.networks.flatMap(({ ref }) => {
    const network = findNetwork(known, ref)
    return network ? networkSubnets(network) : []
  })
  const { dns: servers, dnsSearch: search, dnsOpts: options } = settings
  const { conf, warnings } = containerResolvConf({
    mode: mode === 'container' ? 'cni' : mode,
    host: await effects.resolvConf(usesStub),
    cli: record.dns,
    settings: {
      ...(servers === undefined ? {} : { servers }),
      ...(search === undefined ? {} : { search }),
      ...(options === undefined ? {} : { options }),
    },
    ...(mode === 'cni' && host.rootless ? { rootless: (await host.rootless.info()).dns } : {}),
    ipv6: mode !== 'cni' || subnets.some(({ subnet }) => subnet.includes(':')),
  })
  return { text: renderResolvConf(conf), warnings }
}
