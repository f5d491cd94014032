import { readAddress, toOctets } from '@vethra/address'

/** The families of socket addresses: AF_INET and AF_INET6. */
export const socketFamily = { 4: 2, 6: 10 } as const

/** An address and a port as `struct sockaddr_in` or `sockaddr_in6` (ip(7), ipv6(7)); undefined where the text is not an address. */
export function socketAddress(
  text: string,
  port: number,
): { readonly family: 4 | 6; readonly octets: Uint8Array } | undefined {
  const address = readAddress(text)
  if (address === undefined) return undefined
  const { family } = address
  const octets = new Uint8Array(family === 4 ? 16 : 28)
  // In the machine's order, where all else is in that of the network.
  new Uint16Array(octets.buffer, 0, 1)[0] = socketFamily[family]
  const view = new DataView(octets.buffer)
  view.setUint16(2, port)
  octets.set(toOctets(address), family === 4 ? 4 : 8)
  return { family, octets }
}
