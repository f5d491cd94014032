import { closeSync } from 'node:fs'
import { type CniError, ioError, systemHint } from '@vethra/cni'
import {
  type Answers,
  encodeMessages,
  endsAnswer,
  explainErrno,
  flag,
  type Message,
  type ReceivedMessage,
  sortAnswers,
  splitMessages,
} from '@vethra/netlink'
import { errorNumber, libc, setOption } from './libc-in-bun.ts'
import { visit } from './visit.ts'

/** A netlink socket: of the namespace that it was opened in, for as long as it is open. */
export interface NetlinkSocket {
  /** Sends messages at once and returns what the kernel answered. Throws CniError 5 when the socket fails. */
  exchange(messages: readonly Message[]): Exchange
  close(): void
}

/** Answers, and the sequence number of the first message that was sent. */
export type Exchange = Answers & {
  readonly first: number
  /** Whether answers were lost because the socket's buffer was full (ENOBUFS). */
  readonly lost: boolean
}

/** The netlink family of a socket: interfaces, addresses and routes, or nf_tables and conntrack. */
type NetlinkProtocol = 'route' | 'netfilter'

const protocols = { route: 0, netfilter: 12 } as const
const family = 16
/** SOCK_RAW and SOCK_CLOEXEC. */
const raw = 3 | 0o2000000
const netlinkLevel = 270
/** NETLINK_EXT_ACK: errors carry a text; NETLINK_CAP_ACK: they do not repeat their request. */
const extendedAck = 11
const cappedAck = 10
const tooMany = 24

/** Opens a socket in the namespace of this process. Throws CniError 5 when the kernel refuses. */
export function openSocket(protocol: NetlinkProtocol): NetlinkSocket {
  const descriptor = libc().socket(family, raw, protocols[protocol])
  if (descriptor < 0) throw failed('open a netlink socket', errorNumber())
  return usable(descriptor)
}

/** Opens a socket in another network namespace. Throws CniError 8 for one that cannot be entered. */
export function openSocketIn(namespace: number, protocol: NetlinkProtocol): NetlinkSocket {
  const number = protocols[protocol]
  const descriptor = visit(namespace, () => libc().socket(family, raw, number))
  if (descriptor < 0) throw failed('open a netlink socket in a network namespace', errorNumber())
  return usable(descriptor)
}

function usable(descriptor: number): NetlinkSocket {
  for (const option of [extendedAck, cappedAck]) setOption(descriptor, netlinkLevel, option, 1)
  let sequence = 1
  return {
    exchange: (messages) => {
      for (let left = patience; ; left -= 1) {
        const first = sequence
        const octets = encodeMessages(messages, first)
        sequence += messages.length
        if (octets.length >= ordinaryBuffer) makeRoom(descriptor, octets.length)
        sendAll(descriptor, octets)
        const { received, lost } = receiveAll(descriptor, sequence - 1)
        const answers = { ...sortAnswers(received, first), first, lost }
        // A listing may have left out what was there all the time.
        const isWhole = !(answers.interrupted || lost) || !areDumps(messages)
        if (isWhole) return answers
        if (left === 0) throw failed('list what netlink has: it changes all the time', interrupted)
      }
    },
    close: () => closeSync(descriptor),
  }
}

const socketLevel = 1
const sendBufferForce = 32
const receiveBufferForce = 33
const ordinaryBuffer = 100_000

// What is sent must fit into the socket's buffer, and each failing message is answered.
function makeRoom(descriptor: number, length: number): void {
  for (const option of [sendBufferForce, receiveBufferForce])
    setOption(descriptor, socketLevel, option, length * 2)
}

/** How many times more a listing is asked for that something changed in its midst. */
const patience = 20

function areDumps(messages: readonly Message[]): boolean {
  return messages.every(({ flags }) => (flags & flag.dump) === flag.dump)
}

function sendAll(descriptor: number, octets: Uint8Array): void {
  for (;;) {
    if (libc().send(descriptor, octets, octets.length, 0) >= 0) return
    const errno = errorNumber()
    if (errno !== interrupted) throw failed('send to netlink', errno)
  }
}

const tryAgain = 11
const interrupted = 4
const noBufferSpace = 105
const bufferLength = 1 << 18
/** MSG_DONTWAIT, and MSG_TRUNC: the true length of a datagram that is cut short, beyond the buffer. */
const receiveFlags = 0x40 | 0x20
/** One for all sockets, from the first use on: what is received is copied out of it before the next call. */
let buffer: Uint8Array | undefined

interface Received {
  readonly received: readonly ReceivedMessage[]
  readonly lost: boolean
}

// The kernel answers before send returns, and goes on with a dump at each receive: nothing is waited for. Answers come in the
// order of requests, so that of the last one is the end, where it asks for one.
function receiveAll(descriptor: number, last: number): Received {
  buffer ??= new Uint8Array(bufferLength)
  const received: ReceivedMessage[] = []
  let lost = false
  for (;;) {
    const length = Number(libc().recv(descriptor, buffer, bufferLength, receiveFlags))
    const errno = length < 0 ? errorNumber() : 0
    if (errno === tryAgain || length === 0) return { received, lost }
    if (errno === interrupted) continue
    if (errno === noBufferSpace) {
      lost = true
      continue
    }
    if (errno !== 0) throw failed('receive from netlink', errno)
    if (length > bufferLength) throw failed('receive from netlink', 90)
    const messages = splitMessages(buffer.slice(0, length))
    received.push(...messages)
    const end = messages.at(-1)
    if (end?.sequence === last && endsAnswer(end)) return { received, lost }
  }
}

function failed(action: string, errno: number): CniError {
  const hint = errno === tooMany ? systemHint({ code: 'EMFILE' }) : undefined
  return ioError(`cannot ${action}: ${explainErrno(errno)}`, hint)
}
