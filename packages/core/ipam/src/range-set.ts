import { type Address, compareAddresses, formatAddress } from '@vethra/address'
import { CniError, compareVersions, confError } from '@vethra/cni'
import { type Range, type RangeConf, readRange } from './range.ts'

/** Ranges of one family that do not overlap; a container gets one address out of all of them. */
export type RangeSet = readonly Range[]

/** Where host-local finds its ranges; the keys are those of the conf. */
export interface RangeSource extends RangeConf {
  /** `runtimeConfig.ipRanges`: come first. */
  readonly ipRanges?: readonly (readonly RangeConf[])[]
  /** `ipam.ranges`: come last, after the one range that the keys of this object make when `subnet` is there. */
  readonly ranges?: readonly (readonly RangeConf[])[]
  /** The CNI version of the request; below 0.3.0 one set a family is allowed. */
  readonly cniVersion?: string
}

/** The range sets of a host-local conf with defaults, as `last_reserved_ip.N` numbers them. Throws CniError 7 with host-local's first fault. */
export function rangeSets(source: RangeSource): readonly RangeSet[] {
  const legacy = source.subnet === undefined ? [] : [[source]]
  const confs = [...(source.ipRanges ?? []), ...legacy, ...(source.ranges ?? [])]
  const sets = confs.map(readRangeSet)
  if (sets.length === 0) throw confError('no IP ranges specified')
  const families = sets.map((set) => set[0]?.subnet.family)
  if (source.cniVersion !== undefined) checkFamilies(families, source.cniVersion)
  checkSetsApart(sets)
  return sets
}

/** A range as host-local writes it in messages: `10.1.0.1-10.1.3.254`. */
export function formatRange(range: Range): string {
  return `${formatAddress(range.start)}-${formatAddress(range.end)}`
}

/** A range set as host-local writes it in messages: its ranges with commas between them. */
export function formatRangeSet(set: RangeSet): string {
  return set.map(formatRange).join(',')
}

/** The range of a set that an address lies in, by start and end. */
export function rangeOf(set: RangeSet, address: Address): Range | undefined {
  return set.find((range) => holds(range, address))
}

function readRangeSet(confs: readonly RangeConf[], index: number): RangeSet {
  try {
    if (confs.length === 0) throw confError('empty range set')
    const set = confs.map(readRange)
    if (set.some((range) => range.subnet.family !== set[0]?.subnet.family))
      throw confError('mixed address families')
    checkRangesApart(set)
    return set
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    throw confError(`invalid range set ${index}: ${error.message}`)
  }
}

function checkRangesApart(set: RangeSet): void {
  const pair = firstOverlap(set, (a, b) => rangesOverlap(a, b))
  if (pair) throw confError(`subnets ${formatRange(pair.a)} and ${formatRange(pair.b)} overlap`)
}

function checkSetsApart(sets: readonly RangeSet[]): void {
  const pair = firstOverlap(sets, (a, b) => a.some((x) => b.some((y) => rangesOverlap(x, y))))
  if (pair) throw confError(`range set ${pair.first} overlaps with ${pair.second}`)
}

/** Throws CniError 7 in Go's words where a request of a version below 0.3.0 has two of a family. */
export function checkFamilies(families: readonly unknown[], cniVersion: string): void {
  if (!(compareVersions(cniVersion, '0.3.0') < 0)) return
  if (new Set(families).size === families.length) return
  throw confError(`CNI version ${cniVersion} does not support more than 1 address per family`)
}

function firstOverlap<T>(
  items: readonly T[],
  overlap: (a: T, b: T) => boolean,
): { a: T; b: T; first: number; second: number } | undefined {
  for (const [first, a] of items.entries()) {
    const offset = items.slice(first + 1).findIndex((b) => overlap(a, b))
    const b = items[first + 1 + offset]
    if (offset !== -1 && b !== undefined) return { a, b, first, second: first + 1 + offset }
  }
  return undefined
}

function rangesOverlap(a: Range, b: Range): boolean {
  return holds(a, b.start) || holds(a, b.end) || holds(b, a.start)
}

function holds(range: Range, address: Address): boolean {
  return (
    range.start.family === address.family &&
    compareAddresses(range.start, address) <= 0 &&
    compareAddresses(address, range.end) <= 0
  )
}
