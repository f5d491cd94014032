import { ptr } from 'bun:ffi'
import { formatAddress } from '@vethra/address'
import { getOption, receiveMany, sendMany } from '../netlink/libc-in-bun.ts'

/** Answers one datagram: undefined where nothing is to be sent now. The octets are used again when it returns. */
export type DatagramAnswer = (
  octets: Uint8Array,
  from: DatagramSender,
  isBehind: boolean,
) => Uint8Array | undefined

/** Where a datagram came from. */
export interface DatagramSender {
  readonly address: string
  readonly port: number
}

/** Datagrams that are taken, and sent, by one call of the system. */
const together = 64
/** Calls in a row: then it is the turn of other sockets. */
const mostCalls = 4
/** In octets: questions, and answers over UDP, are shorter. */
export const largestDatagram = 2048
const slot = largestDatagram
/** Octets that wait at a socket, which is behind with more: some 400 questions, and a few milliseconds. */
const mostWaiting = 1 << 19
/** MSG_TRUNC */
const isCut = 0x20

/**
 * A function that answers what waits at a UDP socket, many datagrams a call (recvmmsg(2), sendmmsg(2)). Bun says that
 * something waits and takes eight at a time; under load, what a datagram costs is a third less this way. Answers longer
 * than 2048 octets are not sent: DNS has none over UDP.
 */
export function datagramDrain(descriptor: number, answer: DatagramAnswer): () => void {
  const { received, sent } = slots()
  let isBehind = false
  const answerAll = (count: number): number => {
    let answers = 0
    for (let at = 0; at < count; at += 1) {
      const octets = receivedAt(received, at)
      const reply = octets && answer(octets, senderAt(received, at), isBehind)
      if (reply === undefined || reply.length > slot) continue
      putAnswer(sent, answers, { reply, to: received, at })
      answers += 1
    }
    return answers
  }
  return () => {
    for (let call = 0; call < mostCalls; call += 1) {
      resetNames(received)
      const count = receiveMany(descriptor, received.headers, together)
      const answers = answerAll(count)
      // What the system does not take is lost, as datagrams are: whoever asked asks again.
      if (answers > 0) sendMany(descriptor, sent.headers, answers)
      isBehind = count === together && waiting(descriptor) > mostWaiting
      if (count < together) return
    }
  }
}

// SO_MEMINFO: SK_MEMINFO_RMEM_ALLOC comes first. A question takes 768 octets or more, as the system counts.
function waiting(descriptor: number): number {
  const octets = new Uint32Array(9)
  return getOption(descriptor, 1, 55, octets) === 0 ? (octets[0] ?? 0) : 0
}

interface BothSlots {
  readonly received: Slots
  readonly sent: Slots
}

let made: BothSlots | undefined

/** The same for all sockets: they take turns. */
function slots(): BothSlots {
  made ??= { received: newSlots(), sent: newSlots() }
  return made
}

/** `struct mmsghdr`, `struct iovec` and `struct sockaddr` of 64-bit systems, `together` of each, and room for their octets. */
interface Slots {
  readonly headers: Uint8Array
  readonly header: DataView
  readonly lengths: DataView
  readonly names: Uint8Array
  readonly nameAddresses: readonly bigint[]
  readonly octets: Uint8Array
  /** The headers point to it: it must live as long. */
  readonly vectors: Uint8Array
}

const [headerSize, vectorSize, nameSize] = [64, 16, 32]
/** Within a header: msg_name, msg_namelen, msg_iov, msg_iovlen, msg_flags, and msg_len, the octets received. */
const offset = { name: 0, nameLength: 8, vector: 16, vectors: 24, flags: 48, length: 56 } as const
/** `struct sockaddr_in6`, the longer one. */
const longestName = 28

function newSlots(): Slots {
  const [headers, vectors] = [
    new Uint8Array(together * headerSize),
    new Uint8Array(together * vectorSize),
  ]
  const [names, octets] = [new Uint8Array(together * nameSize), new Uint8Array(together * slot)]
  const [header, lengths] = [new DataView(headers.buffer), new DataView(vectors.buffer)]
  const addressOf = (area: Uint8Array, at: number) => BigInt(ptr(area)) + BigInt(at)
  const nameAddresses = Array.from({ length: together }, (_, at) => addressOf(names, at * nameSize))
  for (const [at, address] of nameAddresses.entries()) {
    header.setBigUint64(at * headerSize + offset.name, address, true)
    header.setBigUint64(at * headerSize + offset.vector, addressOf(vectors, at * vectorSize), true)
    header.setBigUint64(at * headerSize + offset.vectors, 1n, true)
    lengths.setBigUint64(at * vectorSize, addressOf(octets, at * slot), true)
    lengths.setBigUint64(at * vectorSize + 8, BigInt(slot), true)
  }
  return { headers, header, lengths, names, nameAddresses, octets, vectors }
}

function resetNames({ header }: Slots): void {
  for (let at = 0; at < together; at += 1) {
    header.setUint32(at * headerSize + offset.nameLength, longestName, true)
  }
}

// What is longer than a slot is no question.
function receivedAt({ header, octets }: Slots, at: number): Uint8Array | undefined {
  if ((header.getUint32(at * headerSize + offset.flags, true) & isCut) !== 0) return undefined
  const length = header.getUint32(at * headerSize + offset.length, true)
  return octets.subarray(at * slot, at * slot + length)
}

function senderAt({ header, names }: Slots, at: number): DatagramSender {
  const start = at * nameSize
  const octet = (index: number) => names[start + index] ?? 0
  const port = (octet(2) << 8) | octet(3)
  const isLong = header.getUint32(at * headerSize + offset.nameLength, true) === longestName
  if (!isLong) return { address: `${octet(4)}.${octet(5)}.${octet(6)}.${octet(7)}`, port }
  const digits = Array.from(names.subarray(start + 8, start + 24), (each) =>
    each.toString(16).padStart(2, '0'),
  ).join('')
  return { address: formatAddress({ family: 6, value: BigInt(`0x${digits}`) }), port }
}

function putAnswer(
  { header, lengths, octets }: Slots,
  slotAt: number,
  { reply, to, at }: { reply: Uint8Array; to: Slots; at: number },
): void {
  const nameLength = to.header.getUint32(at * headerSize + offset.nameLength, true)
  octets.set(reply, slotAt * slot)
  lengths.setUint32(slotAt * vectorSize + 8, reply.length, true)
  header.setBigUint64(slotAt * headerSize + offset.name, to.nameAddresses[at] ?? 0n, true)
  header.setUint32(slotAt * headerSize + offset.nameLength, nameLength, true)
}
