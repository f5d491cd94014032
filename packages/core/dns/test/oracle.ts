import * as oracle from 'dns-packet'

/** A message as dns-packet writes it. */
export function encodeByOracle(packet: oracle.Packet): Uint8Array {
  return new Uint8Array(oracle.encode(packet))
}

/** A message as dns-packet reads it. */
export function decodeByOracle(octets: Uint8Array): Required<oracle.Packet> {
  // It calls methods of Node's Buffer, which core does not name.
  const buffer = Object.getPrototypeOf(oracle.encode({ type: 'query' }))
  return oracle.decode(Object.setPrototypeOf(octets.slice(), buffer))
}
