import { type CheckedDns, checkDns } from './check-dns.ts'
import { type ChosenNameservers, hostNameservers } from './host-nameservers.ts'
import { nameserverKind } from './nameserver.ts'
import { parseResolvConf } from './parse-resolv-conf.ts'
import {
  type DnsOptions,
  type NetworkMode,
  type ResolvConf,
  type Sourced,
  withSource,
} from './resolv-conf.ts'

/** The sources of a container's resolv.conf. */
export interface ContainerDnsInput {
  readonly mode: NetworkMode
  /** The host's resolv.conf, the one behind systemd-resolved's stub where `usesStub` says so; empty when there is none. */
  readonly host: string
  readonly cli: DnsOptions
  readonly settings: DnsOptions
  /** Whether the container's networks have IPv6. Looked at in mode cni. */
  readonly ipv6: boolean
  /** The addresses of RootlessKit's resolver. Looked at in mode cni. */
  readonly rootless?: readonly string[]
}

/**
 * The resolv.conf of a container. For each of nameservers, search list and options the first source
 * that has any counts: command line, settings, host. Sources are never merged, but for RootlessKit's resolver,
 * which comes before the host's name servers and after those that the operator named. At most 3 nameservers and 6
 * search domains of 256 characters; the warnings name what had to go. Throws CniError 103 for a
 * value of command line or settings that is none (nerdctl's texts).
 */
export function containerResolvConf(input: ContainerDnsInput): {
  readonly conf: ResolvConf
  readonly warnings: readonly string[]
} {
  const cli = checkDns(input.cli, 'cli')
  const settings = checkDns(input.settings, 'settings')
  const host = parseResolvConf(input.host)
  const { nameservers, warnings } = chooseNameservers(input, { ...settings, ...cli }, host)
  const limited = withinLimits({
    nameservers: withoutRepetitions(nameservers),
    search: cli.search ?? settings.search ?? host.search,
    options: cli.options ?? settings.options ?? host.options,
    sortlist: host.sortlist,
  })
  return { conf: limited.conf, warnings: [...warnings, ...limited.warnings] }
}

function chooseNameservers(
  input: ContainerDnsInput,
  asked: CheckedDns,
  host: ResolvConf,
): ChosenNameservers {
  const rootless = rootlessServers(input)
  if (asked.servers === undefined) return hostNameservers(host.nameservers, rootless, input)
  return { nameservers: [...asked.servers, ...rootless], warnings: [] }
}

function rootlessServers({ mode, rootless = [] }: ContainerDnsInput): readonly Sourced[] {
  const usable = rootless.filter((address) => nameserverKind(address) !== undefined)
  return mode === 'cni' ? withSource(usable, 'rootless') : []
}

function withoutRepetitions(list: readonly Sourced[]): readonly Sourced[] {
  const first = new Map<string, Sourced>()
  for (const each of list) if (!first.has(each.value)) first.set(each.value, each)
  return [...first.values()]
}

/** MAXNS of resolv.h, and what musl has too. */
const maxNameservers = 3
/** MAXDNSRCH, and the room for the whole list, of glibc before 2.26 and of musl (resolv.conf(5)). */
const maxDomains = 6
const maxSearchLength = 256

// A ResolvConf with at most what every resolver honours, and a warning for each value that had to go.
function withinLimits(conf: ResolvConf): {
  readonly conf: ResolvConf
  readonly warnings: readonly string[]
} {
  const nameservers = conf.nameservers.slice(0, maxNameservers)
  const search = conf.search.slice(0, searchLength(conf.search))
  return {
    conf: { ...conf, nameservers, search },
    warnings: [
      ...conf.nameservers.slice(maxNameservers).map(leftOutServer),
      ...conf.search.slice(search.length).map(leftOutDomain),
    ],
  }
}

// The list is cut, not thinned: a name must not be found under a later domain because an earlier one was too long.
function searchLength(search: readonly Sourced[]): number {
  let octets = -1
  const end = search.findIndex(({ value }, index) => {
    octets += value.length + 1
    return index >= maxDomains || octets > maxSearchLength
  })
  return end < 0 ? search.length : end
}

function leftOutServer({ value, source }: Sourced): string {
  return `nameserver ${value} (from ${source}) is left out: resolvers use the first ${maxNameservers} only`
}

function leftOutDomain({ value, source }: Sourced): string {
  return `search domain ${value} (from ${source}) is left out: resolvers use the first ${maxDomains} only, of ${maxSearchLength} characters together`
}
