import type { ResolvConf, Sourced } from './resolv-conf.ts'

/** MAXNS of resolv.h, and what musl has too. */
const maxNameservers = 3
/** MAXDNSRCH, and the room for the whole list, of glibc before 2.26 and of musl (resolv.conf(5)). */
const maxDomains = 6
const maxSearchLength = 256

/** A ResolvConf with at most what every resolver honours, and a warning for each value that had to go. */
export function withinLimits(conf: ResolvConf): {
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
