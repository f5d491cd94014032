import { present } from '@vethra/cni'
import type { BundleRecord } from '@vethra/container'
import { containerResolvConf, renderResolvConf } from '@vethra/names'
import { findNetwork, isInternal, type Network, networkSubnets } from '@vethra/networks'
import type { Settings } from '@vethra/settings'
import type { ResolverState } from './resolver-state.ts'

/** The values that a container's resolv.conf comes from. */
interface ResolvConfInput {
  readonly record: Pick<BundleRecord, 'mode' | 'networks' | 'dns'>
  /** Those that the container's namespace has. */
  readonly networks: readonly Network[]
  readonly settings: Pick<Settings, 'dns' | 'dnsSearch' | 'dnsOpts'>
  /** The host's resolv.conf. */
  readonly host: string
  /** The addresses of RootlessKit's resolver; none without it. */
  readonly rootless: readonly string[]
  /** The resolvers that came with a leased address, for those of the host. Default: none. */
  readonly lease?: readonly string[]
  /** The resolver that runs; absent where none does. */
  readonly resolver: ResolverState | undefined
}

/** A container's resolv.conf: our resolver alone while it answers in one of its networks (musl asks all at once), internal ones last. */
export function resolvConfText(input: ResolvConfInput): {
  readonly text: string
  readonly warnings: readonly string[]
} {
  const { record, networks, settings, host, rootless, lease = [] } = input
  const { mode } = record
  const subnets = record.networks.flatMap(({ ref }) => {
    const network = findNetwork(networks, ref)
    return network ? networkSubnets(network) : []
  })
  const { dnsSearch: search, dnsOpts: options } = settings
  const servers = settings.dns ?? (lease.length > 0 ? lease : undefined)
  const { conf, warnings } = containerResolvConf({
    mode: mode === 'container' ? 'cni' : mode,
    host,
    cli: record.dns,
    settings: present({ servers, search, options }),
    rootless,
    ipv6: mode !== 'cni' || subnets.some(({ subnet }) => subnet.includes(':')),
  })
  const ours = resolverAddress(input)
  if (ours === undefined) return { text: renderResolvConf(conf), warnings }
  const nameservers = [{ value: ours, source: 'resolver' as const }]
  return { text: renderResolvConf({ ...conf, nameservers }), warnings: [] }
}

function resolverAddress({ record, networks, resolver }: ResolvConfInput): string | undefined {
  if (record.mode !== 'cni' || resolver === undefined) return undefined
  const own = record.networks.map(({ ref }) => findNetwork(networks, ref))
  const isClosed = own.every((each) => each && isInternal(each))
  for (const network of own) {
    // There nothing is asked upstream, and elsewhere it is.
    if (!network || isInternal(network) !== isClosed) continue
    const { file } = network
    const served = resolver.Networks.find((each) => each.File === file && each.Refused === '')
    const [first] = served?.Addresses ?? []
    if (first !== undefined) return first
  }
  return undefined
}
