import { addressOctets } from './address-octets.ts'
import type { Member } from './zone.ts'

/** The addresses of a container in a network, of 4 or 16 octets each: computed, since tens of thousands are seldom asked for. */
export function memberOctets({ container, network }: Member): readonly Uint8Array[] {
  const { addresses = [] } = container.networks[network] ?? {}
  return addresses.flatMap((each) => addressOctets(each) ?? [])
}
