import { nameserverKind } from './nameserver.ts'
import { type NetworkMode, type Sourced, values, withSource } from './resolv-conf.ts'

/** Nameservers, and what an operator should know of the choice. */
export interface ChosenNameservers {
  readonly nameservers: readonly Sourced[]
  readonly warnings: readonly string[]
}

interface Reach {
  /** Whether the host's own loopback addresses answer there: in the host's network namespace. */
  readonly local: boolean
  /** Whether IPv6 addresses do. */
  readonly ipv6: boolean
}

/** The nameservers that are in reach, in order (nerdctl's filter, on addresses instead of text). */
export function reachableNameservers(
  nameservers: readonly Sourced[],
  reach: Reach,
): readonly Sourced[] {
  return nameservers.filter(({ value }) => {
    const kind = nameserverKind(value)
    return kind && (reach.local || !kind.local) && (reach.ipv6 || kind.family === 4)
  })
}

/** The nameservers without any named: RootlessKit's, the host's without loopback, IPv4 alone in mode cni unless IPv6; else public ones. */
export function hostNameservers(
  host: readonly Sourced[],
  rootless: readonly Sourced[],
  { mode, ipv6 }: { readonly mode: NetworkMode; readonly ipv6: boolean },
): ChosenNameservers {
  const local = mode === 'host' || mode === 'ns'
  const all = reachableNameservers(host, { local, ipv6: true })
  const both = mode !== 'cni' || ipv6
  const four = both ? all : reachableNameservers(all, { local, ipv6: false })
  const own = four.length > 0 ? four : all
  const warnings = own.length > 0 && four.length === 0 ? [onlyIpv6(own)] : []
  const list = mode === 'cni' ? [...rootless, ...own] : own
  return local ? orFallback(list, both, warnings) : withoutLinks(list, both, warnings)
}

// A zone names a link of the host, which a namespace of its own does not have.
function withoutLinks(
  list: readonly Sourced[],
  ipv6: boolean,
  warnings: readonly string[],
): ChosenNameservers {
  const bound = list.filter(({ value }) => nameserverKind(value)?.zoned)
  const told = [...warnings, ...bound.map(onLink)]
  if (bound.length < list.length) return { nameservers: list, warnings: told }
  const chosen = orFallback([], ipv6, told)
  return { ...chosen, nameservers: [...chosen.nameservers, ...bound] }
}

function orFallback(
  list: readonly Sourced[],
  ipv6: boolean,
  warnings: readonly string[],
): ChosenNameservers {
  if (list.length > 0) return { nameservers: list, warnings }
  // The fourth of nerdctl's list, 2001:4860:4860::8844, is past what resolvers use.
  const addresses = ['8.8.8.8', '8.8.4.4', ...(ipv6 ? ['2001:4860:4860::8888'] : [])]
  const why = 'the host has no nameserver that the container can reach'
  return {
    nameservers: withSource(addresses, 'fallback'),
    warnings: [...warnings, `${why}: taking ${addresses.join(', ')}`],
  }
}

function onlyIpv6(own: readonly Sourced[]): string {
  return `the host has IPv6 nameservers only (${values(own).join(', ')}), and no network of the container has IPv6`
}

function onLink({ value }: Sourced): string {
  return `nameserver ${value} answers on a link of the host only, not in the container`
}
