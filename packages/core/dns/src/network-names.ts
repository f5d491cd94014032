import { readCidr } from '@vethra/address'
import type { NetworkNames } from './zone.ts'
import type { ZoneNetwork } from './zone-input.ts'

/** A network whose containers have no names yet. */
export function networkNames(network: ZoneNetwork): NetworkNames {
  const { name, isInternal, subnets, domain } = network
  const behind = [name, ...(domain ? [domain] : [])].map((each) => each.toLowerCase())
  return {
    network,
    name,
    isInternal,
    prefixes: subnets.flatMap((each) => readCidr(each)?.prefix ?? []),
    suffixes: behind.map((each) => `.${each.replace(/^\.|\.$/g, '')}`),
    holders: new Map(),
    hostnames: new Map(),
  }
}
