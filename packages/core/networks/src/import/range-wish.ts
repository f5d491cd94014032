import { goItems, type Json } from '@vethra/cni'
import { ipamConfs } from '../anatomy.ts'
import { auxLabel } from '../aux-addresses.ts'
import type { Network } from '../network.ts'
import type { NetworkOptions } from '../options.ts'
import { elements, textField } from '../read-json.ts'
import { leaseRange } from './lease-range.ts'

/** The options with ranges that a conf list has by first and last address alone. Throws CniError 7 for one that is not a prefix. */
export function withLeaseRanges(network: Network, wish: NetworkOptions): NetworkOptions {
  // Ours go around reserved addresses, by several ranges of one set.
  if (network.labels[auxLabel] !== undefined) return wish
  const [ipam = null] = ipamConfs(network)
  const found = [ipam, ...goItems(ipam, 'ranges').flatMap(elements)].flatMap(rangeOf)
  return found.length === 0 ? wish : { ...wish, ipRanges: [...wish.ipRanges, ...found] }
}

function rangeOf(range: Json): readonly string[] {
  const text = (key: string) => textField(range, key) ?? ''
  if (text('ipRange') !== '') return []
  const bounds = { start: text('rangeStart'), end: text('rangeEnd') }
  return [leaseRange(text('subnet'), bounds) ?? []].flat()
}
