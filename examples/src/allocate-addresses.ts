// Allocates addresses in a store of your own: here a Map, elsewhere a table with a unique key.
import { formatAddress } from '@vethra/address'
import { candidates, rangeSets } from '@vethra/ipam'

const holders = new Map<string, string>()

/** Gives the holder the first free address of the subnet, or undefined when all are taken. */
function allocate(subnet: string, holder: string): string | undefined {
  for (const set of rangeSets({ ranges: [[{ subnet }]] })) {
    for (const address of candidates(set)) {
      const text = formatAddress(address)
      if (holders.has(text)) continue
      holders.set(text, holder)
      return text
    }
  }
  return undefined
}

for (const holder of ['web', 'db', 'cache', 'queue', 'mail', 'late']) {
  console.log(holder, allocate('10.4.0.0/29', holder) ?? 'gets none: the subnet is full')
}
