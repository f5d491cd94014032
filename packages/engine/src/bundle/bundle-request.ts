import { containerIdOf, present, unknownNetwork, usageError } from '@vethra/cni'
import {
  type BundleFlags,
  type BundleRequest,
  checkHostIps,
  checkIds,
  checkRequest,
  type NetworkRequest,
  parseNetworkFlag,
  parsePortSpecs,
} from '@vethra/container'
import { type ExtraHost, parseExtraHost } from '@vethra/names'
import { checkWishes, defaultNetworkName, findNetwork, type Network } from '@vethra/networks'
import type { PrepareTools, Preparing } from './prepare-tools.ts'

/** The request of the flags, host ports chosen. Throws CniError 103 for a flag, 101 for a missing network, 102 for a taken port. */
export async function requestOf(tools: Preparing, flags: BundleFlags): Promise<BundleRequest> {
  if (flags.uts !== undefined && flags.uts !== 'host') {
    const text = `unknown uts value. valid value(s) are 'host', got: ${JSON.stringify(flags.uts)}`
    throw usageError(text, 'Give --uts as host.')
  }
  const { settings, resolved } = tools
  checkIds(settings.namespace, flags.id)
  const networks = (flags.network.length > 0 ? flags.network : ['bridge']).map(parseNetworkFlag)
  await checkNetworks(tools, networks, flags)
  const { id, name, hostname, domainname, ip, ip6, macAddress } = flags
  return {
    id,
    ...present({ name, hostname, domainname, ip, ip6, macAddress }),
    namespace: settings.namespace,
    networks,
    ports: await publishedPorts(tools, flags, networks),
    utsHost: flags.uts === 'host',
    extraHosts: await extraHostsOf(tools, flags.addHost),
    aliases: flags.networkAlias,
    dns: present({
      servers: flags.dns ?? (resolved.sources.dns === 'flag' ? settings.dns : undefined),
      search:
        flags.dnsSearch ??
        (resolved.sources.dns_search === 'flag' ? settings.dnsSearch : undefined),
      options: flags.dnsOption.length > 0 ? flags.dnsOption : undefined,
    }),
  }
}

/** Throws as `requestOf` and `planBundle` for flags that cannot be, whatever ports are taken. */
export async function checkFlags(tools: Preparing, flags: BundleFlags): Promise<void> {
  checkHostIps(parsePortSpecs(flags.publish))
  checkRequest(await requestOf(tools, { ...flags, publish: [] }))
}

// What knows of other containers' ports is loaded where a container publishes some.
async function publishedPorts(
  tools: Preparing,
  { id, publish }: BundleFlags,
  networks: readonly NetworkRequest[],
): Promise<BundleRequest['ports']> {
  if (publish.length === 0) return []
  const { portsOf } = await import('./bundle-ports.ts')
  return portsOf(tools, { id, publish, refs: networks.map(({ ref }) => ref) })
}

async function checkNetworks(
  tools: Preparing,
  asked: readonly NetworkRequest[],
  { id, ip, ip6, macAddress }: BundleFlags,
): Promise<void> {
  for (const [index, request] of asked.entries()) {
    const { ref } = request
    if (/^(none|host)$|^(container|ns):/.test(ref)) continue
    // The default network appears on first use.
    const network =
      findNetwork(tools.known, ref) ??
      (ref === defaultNetworkName ? await defaultNetwork(tools) : undefined)
    // What was asked for the container is for its first network.
    const whole = index === 0 ? present({ ip, ip6, macAddress }) : {}
    if (network === undefined)
      throw unknownNetwork(
        ref,
        `Create it with "vethra network create ${ref}", or list the networks with "vethra network ls".`,
      )
    checkWishes(network, { ...whole, ...request })
    const containerId = containerIdOf({ namespace: tools.settings.namespace, id })
    await tools.host.cache.check({ network: network.name, containerId, ifname: `eth${index}` })
  }
}

// Loaded here alone: making networks needs every plugin.
async function defaultNetwork(tools: PrepareTools): Promise<Network | undefined> {
  const { plannedDefaultNetwork } = await import('../network/network-create.ts')
  return plannedDefaultNetwork(tools)
}

async function extraHostsOf(
  { settings, effects }: PrepareTools,
  flags: readonly string[],
): Promise<readonly ExtraHost[]> {
  const wanted = flags.some((flag) => flag.endsWith('host-gateway'))
  const gateway = settings.hostGatewayIp ?? (wanted ? await firstAddress(effects) : undefined)
  return flags.map((flag) => parseExtraHost(flag, gateway))
}

/** The first IPv4 address of the host that is not a loopback one (nerdctl's choice). */
async function firstAddress({
  hostPrefixes,
}: PrepareTools['effects']): Promise<string | undefined> {
  const addresses = (await hostPrefixes()).filter(({ source }) => source === 'address')
  const texts = addresses.map(({ prefix }) => prefix.split('/', 1)[0] ?? '')
  return texts.find((text) => /^[0-9.]+$/.test(text) && !text.startsWith('127.'))
}
