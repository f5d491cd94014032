import { join, type Octets, u16, u32, view } from './octets.ts'

/** Flags of a message (linux/netlink.h). */
export const flag = {
  request: 1,
  ack: 4,
  echo: 8,
  dump: 0x300,
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
} as const

/** A message, without its length and sequence number. */
export interface Message {
  readonly type: number
  /** Where it is sent, `flag.request` is added. */
  readonly flags: number
  /** The family header and the attributes. */
  readonly body: Octets
}

/** A message that the kernel sent. */
export interface ReceivedMessage extends Message {
  /** That of the request. */
  readonly sequence: number
}

const headerLength = 16

/** Messages for one send, numbered from `first`: numbers go on over the batches of a socket. */
export function encodeMessages(messages: readonly Message[], first: number): Octets {
  return join(messages.map((message, index) => encodeMessage(message, first + index)))
}

function encodeMessage({ type, flags, body }: Message, sequence: number): Octets {
  const length = u32(headerLength + body.length)
  return join([length, u16(type), u16(flags | flag.request), u32(sequence), u32(0), body])
}

/** The messages of a datagram, in order. Ends at the first that is cut short. */
export function splitMessages(octets: Octets): readonly ReceivedMessage[] {
  const found: ReceivedMessage[] = []
  const numbers = view(octets)
  for (let at = 0; at + headerLength <= octets.length; ) {
    const length = numbers.getUint32(at, true)
    if (length < headerLength || at + length > octets.length) break
    found.push({
      type: numbers.getUint16(at + 4, true),
      flags: numbers.getUint16(at + 6, true),
      sequence: numbers.getUint32(at + 8, true),
      body: octets.subarray(at + headerLength, at + length),
    })
    at += (length + 3) & ~3
  }
  return found
}
