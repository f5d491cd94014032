import { readCidr } from '@vethra/address'
import { addressOctets, type OctetPrefix } from './address-octets.ts'
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
    prefixes: subnets.map(prefixOf).filter((each) => each !== undefined),
    suffixes: behind.map((each) => `.${each.replace(/^\.|\.$/g, '')}`),
    holders: new Map(),
    hostnames: new Map(),
  }
}

function prefixOf(subnet: string): OctetPrefix | undefined {
  const length = readCidr(subnet)?.prefix.length
  const octets = addressOctets(subnet)
  return length === undefined || !octets ? undefined : { octets, length }
}
