import { areOverlapping } from '@vethra/address'
import { confError } from '@vethra/cni'
import type { Resource } from '@vethra/state'
import type { BridgeConf } from './bridge-conf.ts'
import { gatewayLinkOf } from './bridge-resources.ts'
import type { Ip } from './subnets.ts'

/** A bridge's addresses in its gateway's way, as the reference plugin has it. Throws CniError 7 without `forceAddress`; else they go. */
export function conflictsOf(
  conf: BridgeConf,
  ips: readonly Ip[],
  addresses: readonly string[],
): readonly Resource[] {
  if (!conf.isGateway || gatewayLinkOf(conf) !== conf.bridge) return []
  const wanted = ips.flatMap(({ gateway, prefixLength, family }) =>
    gateway === undefined ? [] : [{ text: `${gateway}/${prefixLength}`, family }],
  )
  const own = new Set(wanted.map(({ text }) => text))
  const conflicts = wanted.flatMap(({ text, family }) =>
    addresses
      .filter((found) => !own.has(found) && found.includes(':') === (family === 6))
      .filter((found) => family === 4 || areOverlapping(found, text))
      .map((found) => ({ wanted: text, found })),
  )
  const [first] = conflicts
  if (first && !conf.forceAddress)
    throw confError(
      `failed to set bridge addr: ${JSON.stringify(conf.bridge)} already has an IP address different from ${first.wanted}`,
      'Name another bridge, remove that address, or set forceAddress.',
    )
  return conflicts.map(({ found }) => addressOf(conf.bridge, found))
}

function addressOf(link: string, text: string): Resource {
  const [address = '', length = ''] = text.split('/')
  return { kind: 'address', place: 'host', link, address, prefixLength: Number(length) }
}
