import { ptr } from 'bun:ffi'
import { addressText } from '@vethra/netlink'
import { getOption, libc } from '../netlink/libc-in-bun.ts'
import { answerCollected } from './collect-in-bun.ts'
import { socketFamily } from './socket-address.ts'

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
/** MSG_DONTWAIT */
const noWait = 0x40
/** MSG_TRUNC */
const isCut = 0x20

/** Answers what waits at a UDP socket by recvmmsg(2) and sendmmsg(2): a third less a datagram than bun. Answers beyond 2048 octets are dropped. */
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
      const count = libc().recvmmsg(descriptor, received.headers, together, noWait, null)
      const answers = count > 0 ? answerCollected(() => answerAll(count)) : 0
      sendAll(descriptor, sent, answers)
      resetNames(received, count)
      isBehind = count === together && waiting(descriptor) > mostWaiting
      if (count < together) return
    }
  }
}

// One that the system does not take is lost, as datagrams are: whoever asked asks again. Those behind it are not.
function sendAll(descriptor: number, { headers }: Slots, count: number): void {
  for (let at = 0; at < count; ) {
    const rest = at === 0 ? headers : headers.subarray(at * headerSize)
    const taken = libc().sendmmsg(descriptor, rest, count - at, noWait)
    at += taken > 0 ? taken : 1
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
  readonly nameWords: DataView
  /** Where each name is: the lower half and the higher one. */
  readonly nameAddresses: readonly (readonly [number, number])[]
  readonly octets: Uint8Array
  /** By slot and length: what comes in is shown by a view that was made before. */
  readonly views: readonly (Uint8Array | undefined)[][]
  /** Addresses by their last four octets. */
  readonly known: Map<number, KnownAddress>
  /** The headers point to it: it must live as long. */
  readonly vectors: Uint8Array
}

interface KnownAddress {
  readonly octets: Uint8Array
  readonly text: string
}

const [headerSize, vectorSize, nameSize] = [64, 16, 32]
/** Within a header: msg_name, msg_namelen, msg_iov, msg_iovlen, msg_flags, and msg_len, the octets received. */
const offset = { name: 0, nameLength: 8, vector: 16, vectors: 24, flags: 48, length: 56 } as const
/** `struct sockaddr_in6`, the longer one: the system takes an address of IPv4 in that length, too. */
const longestName = 28
/** Views of longer messages are made each time, and so many addresses are known at once. */
const [longestKept, mostKnown] = [128, 4096]

function newSlots(): Slots {
  const [headers, vectors] = [
    new Uint8Array(together * headerSize),
    new Uint8Array(together * vectorSize),
  ]
  const [names, octets] = [new Uint8Array(together * nameSize), new Uint8Array(together * slot)]
  const [header, lengths] = [new DataView(headers.buffer), new DataView(vectors.buffer)]
  const addressOf = (area: Uint8Array, at: number) => BigInt(ptr(area)) + BigInt(at)
  const each = Array.from({ length: together }, (_, at) => at)
  const nameAddresses = each.map((at): readonly [number, number] => {
    const address = addressOf(names, at * nameSize)
    return [Number(address & 0xffff_ffffn), Number(address >> 32n)]
  })
  for (const at of each) {
    header.setBigUint64(at * headerSize + offset.name, addressOf(names, at * nameSize), true)
    header.setUint32(at * headerSize + offset.nameLength, longestName, true)
    header.setBigUint64(at * headerSize + offset.vector, addressOf(vectors, at * vectorSize), true)
    header.setBigUint64(at * headerSize + offset.vectors, 1n, true)
    lengths.setBigUint64(at * vectorSize, addressOf(octets, at * slot), true)
    lengths.setBigUint64(at * vectorSize + 8, BigInt(slot), true)
  }
  return {
    ...{ headers, header, lengths, names, nameAddresses, octets, vectors },
    nameWords: new DataView(names.buffer),
    views: each.map(() => new Array(longestKept).fill(undefined)),
    known: new Map(),
  }
}

// The system writes there how long a name was.
function resetNames({ header }: Slots, count: number): void {
  for (let at = 0; at < count; at += 1) {
    header.setUint32(at * headerSize + offset.nameLength, longestName, true)
  }
}

// What is longer than a slot is no question.
function receivedAt({ header, octets, views }: Slots, at: number): Uint8Array | undefined {
  if ((header.getUint32(at * headerSize + offset.flags, true) & isCut) !== 0) return undefined
  const length = header.getUint32(at * headerSize + offset.length, true)
  const known = views[at]
  const found = known?.[length]
  if (found) return found
  const view = octets.subarray(at * slot, at * slot + length)
  if (known && length < longestKept) known[length] = view
  return view
}

function senderAt(slots: Slots, at: number): DatagramSender {
  const port = slots.nameWords.getUint16(at * nameSize + 2)
  return { address: addressAt(slots, at), port }
}

function addressAt({ names, nameWords, known }: Slots, at: number): string {
  const start = at * nameSize
  // The family is in the order of the processor's octets.
  const isLong = ((names[start] ?? 0) | (names[start + 1] ?? 0)) === socketFamily[6]
  const [first, length] = isLong ? [start + 8, 16] : [start + 4, 4]
  const key = nameWords.getUint32(first + length - 4)
  const found = known.get(key)
  if (found?.octets.length === length && isAt(found.octets, names, first)) return found.text
  const octets = names.slice(first, first + length)
  const text = addressText(octets)
  if (known.size >= mostKnown) known.clear()
  known.set(key, { octets, text })
  return text
}

function isAt(octets: Uint8Array, names: Uint8Array, first: number): boolean {
  for (let at = 0; at < octets.length; at += 1) if (octets[at] !== names[first + at]) return false
  return true
}

function putAnswer(
  { header, lengths, octets }: Slots,
  slotAt: number,
  { reply, to, at }: { reply: Uint8Array; to: Slots; at: number },
): void {
  const [low, high] = to.nameAddresses[at] ?? [0, 0]
  octets.set(reply, slotAt * slot)
  lengths.setUint32(slotAt * vectorSize + 8, reply.length, true)
  header.setUint32(slotAt * headerSize + offset.name, low, true)
  header.setUint32(slotAt * headerSize + offset.name + 4, high, true)
}
