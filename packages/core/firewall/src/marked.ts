import { addressBits, readAddress } from '@vethra/address'
import type { FoundElement } from '@vethra/netlink'
import { type Owner, readMark } from '@vethra/state'
import type { PlacedElement } from './effects.ts'

/** An element of the table, and the owner that its comment names. */
export interface MarkedElement extends PlacedElement {
  readonly owner: Owner
}

/** The elements of a set that bear marks of ours, from all that the kernel told of it; intervals are prefixes again. */
export function markedElements(
  set: string,
  found: readonly FoundElement[],
): readonly MarkedElement[] {
  const ends = found.filter(({ ends: isEnd }) => isEnd).map(({ key }) => numberOf(key[0]))
  return found.flatMap((each) => {
    const owner = each.ends ? undefined : readMark(each.comment)
    if (owner === undefined) return []
    const { data, comment } = each
    const key = keyOf(each, ends)
    return [{ set, owner, element: { key, ...(data ? { data } : {}), comment } }]
  })
}

function keyOf({ key, last }: FoundElement, ends: readonly bigint[]): readonly string[] {
  if (last) return key.map((first, at) => prefixOf(first, numberOf(last[at]) + 1n))
  const [first = ''] = key
  const start = numberOf(first)
  const [end] = ends.filter((each) => each > start).toSorted((a, b) => (a < b ? -1 : 1))
  return end === undefined ? key : [prefixOf(first, end)]
}

function prefixOf(first: string, end: bigint): string {
  const address = readAddress(first)
  if (address === undefined) return first
  const size = end - address.value
  return `${first}/${addressBits(address.family) - (size.toString(2).length - 1)}`
}

function numberOf(text: string = ''): bigint {
  return readAddress(text)?.value ?? 0n
}
