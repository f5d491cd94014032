import {
  type Address,
  contains,
  formatPrefix,
  lastAddress,
  type Prefix,
  prefixAt,
  readAddress,
  readCidr,
} from '@vethra/address'
import { confError } from '@vethra/cni'

/** The prefix of a range, from its first address or the next to the last; undefined without bounds. Throws CniError 7 when none fits. */
export function leaseRange(
  subnet: string,
  { start, end }: { readonly start: string; readonly end: string },
): string | undefined {
  if (start === '' && end === '') return undefined
  const whole = readCidr(subnet)?.prefix
  const first =
    start === '' ? whole && { family: whole.family, value: whole.base } : readAddress(start)
  const last = end === '' ? whole && lastAddress(whole) : readAddress(end)
  const found = whole && first && last && prefixOf(whole, first, last)
  if (found) return formatPrefix(found)
  throw confError(
    `range ${start || 'start'} to ${end || 'end'} of subnet ${subnet} is not a prefix`,
    'Make the network with "vethra network create", and an --ip-range such as 10.1.0.128/25.',
  )
}

function prefixOf(subnet: Prefix, first: Address, last: Address): Prefix | undefined {
  const bits = subnet.family === 4 ? 32 : 128
  const lengths = Array.from(
    { length: bits - subnet.length + 1 },
    (_, index) => subnet.length + index,
  )
  if (!contains(subnet, first) || !contains(subnet, last)) return undefined
  return lengths
    .map((length) => prefixAt(last, length))
    .filter((each) => ends(each, last, subnet))
    .find(({ base }) => first.value === base || first.value === base + 1n)
}

// Nobody gets the broadcast address of an IPv4 subnet: a range may end before it.
function ends(range: Prefix, last: Address, subnet: Prefix): boolean {
  const end = lastAddress(range).value
  const isBroadcast = subnet.family === 4 && end === lastAddress(subnet).value
  return last.value === end || (isBroadcast && last.value === end - 1n)
}
