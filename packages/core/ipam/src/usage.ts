import { compareAddresses, readAddress } from '@vethra/address'
import type { Reservation } from './claim.ts'
import { type RangeSet, rangeOf } from './range-set.ts'

/** How full a range set is, in numbers. */
export interface Usage {
  /** The addresses that can be given: gateways of their own range are not among them. */
  readonly size: bigint
  /** How many of them are reserved. */
  readonly reserved: number
  /** How many containers hold them. */
  readonly containers: number
  /** How many of the reservations look dead to the one who asks. */
  readonly dead: number
}

/** How many addresses of a set can be given. */
export function sizeOf(set: RangeSet): bigint {
  return set.reduce((sum, range) => {
    const gateway = rangeOf([range], range.gateway) ? 1n : 0n
    return sum + range.end.value - range.start.value + 1n - gateway
  }, 0n)
}

/** Counts the reservations that lie in a set. `looksDead` is asked for each; default: none does. */
export function usageOf(
  set: RangeSet,
  reservations: readonly Reservation[],
  looksDead: (reservation: Reservation) => boolean = () => false,
): Usage {
  const inside = reservations.filter(({ address }) => isGivable(set, address))
  const containers = new Set(inside.flatMap(({ containerId }) => containerId || []))
  return {
    size: sizeOf(set),
    reserved: inside.length,
    containers: containers.size,
    dead: inside.filter(looksDead).length,
  }
}

/** Usage in words: `253 addresses, 253 reserved by 250 containers, 240 of them look dead`. */
export function formatUsage({ size, reserved, containers, dead }: Usage): string {
  const holders = containers === 1 ? '1 container' : `${containers} containers`
  const looks = dead === 1 ? '1 of them looks dead' : `${dead} of them look dead`
  return `${size} addresses, ${reserved} reserved by ${holders}, ${looks}`
}

/** Whether an address can be given out of a set: in one of its ranges, and not the gateway of that range. */
function isGivable(set: RangeSet, text: string): boolean {
  const address = readAddress(text)
  if (address === undefined) return false
  const range = rangeOf(set, address)
  return range !== undefined && compareAddresses(address, range.gateway) !== 0
}
