import type { Address } from '@vethra/address'
import type { Claim } from '@vethra/ipam'
import type { IpamStore } from '@vethra/world'

/** The address 10.4.X.Y of a number: 2 is 10.4.0.2. */
export function address(number: number): Address {
  return { family: 4, value: 0x0a040000n + BigInt(number) }
}

/** The text of `address`. */
export function text(number: number): string {
  return `10.4.${number >> 8}.${number & 255}`
}

/** A claim of `ID eth0` on the numbers given, tried in their order, one address for each holder. */
export function claim(id: string, numbers: readonly number[], changes: Partial<Claim> = {}): Claim {
  return {
    containerId: id,
    ifname: 'eth0',
    set: 0,
    candidates: () => numbers.map(address),
    unlessHeldIn: () => true,
    ...changes,
  }
}

/** The holders, as `10.4.0.2 a eth0`, in the order of `list`. */
export async function holders(store: IpamStore, network = 'lan'): Promise<readonly string[]> {
  const list = await store.list(network)
  return list.map(({ address, containerId, ifname }) => `${address} ${containerId} ${ifname}`)
}
