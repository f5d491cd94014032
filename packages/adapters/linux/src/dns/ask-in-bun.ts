import { closeSync } from 'node:fs'
import type { DnsAsking, DnsReply } from '@vethra/world'
import { bindTo, libc } from '../netlink/libc-in-bun.ts'
import { openNamespace, visit } from '../netlink/visit.ts'
import { framed, splitFrames } from './frames.ts'
import { socketAddress, socketFamily } from './socket-address.ts'
import { adoptUdp } from './udp-in-bun.ts'

/** Asks a server, by UDP from a port that the kernel chooses for this question alone, or by TCP. Never rejects. */
export async function askServer(asking: DnsAsking): Promise<DnsReply> {
  const { promise, resolve } = Promise.withResolvers<DnsReply>()
  const timer = setTimeout(() => resolve(undefined), asking.timeoutMs)
  const opened = way(asking)(asking, resolve).catch(() => {
    resolve(undefined)
    return () => {}
  })
  const reply = await promise
  clearTimeout(timer)
  // A connection that is still being made is closed when it is there: the answer does not wait for that.
  void opened.then((close) => close())
  return reply
}

type Way = (asking: DnsAsking, settle: (reply: DnsReply) => void) => Promise<() => void>

function way({ overTcp, netns }: DnsAsking): Way {
  if (overTcp) return overStream
  return netns === undefined ? overDatagram : fromNamespace
}

// The kernel drops what another address or port sends to a connected socket.
const overDatagram: Way = async ({ server, port = 53, octets, accepts }, settle) => {
  const socket = await Bun.udpSocket({
    // bun takes an address of IPv4 to send from, unless it is given another.
    hostname: server.includes(':') ? '::' : '0.0.0.0',
    connect: { hostname: server, port },
    binaryType: 'uint8array',
    socket: {
      data(_, reply) {
        if (accepts(reply)) settle(reply)
      },
      error: () => settle(undefined),
    },
  })
  return afterSending(
    () => socket.send(octets),
    () => socket.close(),
  )
}

const overStream: Way = async ({ server, port = 53, octets, accepts }, settle) => {
  let received: Uint8Array = new Uint8Array(0)
  const socket = await Bun.connect({
    hostname: server,
    port,
    socket: {
      binaryType: 'uint8array',
      data(_, chunk) {
        const { frames, rest } = splitFrames(received, chunk)
        received = rest
        const reply = frames.find(accepts)
        if (reply !== undefined) settle(reply)
      },
      close: () => settle(undefined),
      error: () => settle(undefined),
    },
  })
  socket.write(framed(octets))
  return () => socket.terminate()
}

/** SOCK_DGRAM, SOCK_CLOEXEC and SOCK_NONBLOCK. */
const datagram = 2 | 0o2000000 | 0o4000

// A socket stays in the network namespace that it was made in, wherever it is used.
const fromNamespace: Way = async (
  { server, port: to = 53, octets, accepts, netns = '' },
  settle,
) => {
  const family = socketAddress(server, to)?.family ?? 4
  const anywhere = socketAddress(family === 4 ? '0.0.0.0' : '::', 0)?.octets ?? new Uint8Array(16)
  const namespace = openNamespace(netns)
  const descriptor = visitAndClose(namespace, () =>
    libc().socket(socketFamily[family], datagram, 0),
  )
  bindTo(descriptor, anywhere)
  const opened = await adoptUdp({
    fd: descriptor,
    binaryType: 'uint8array',
    socket: {
      data(_, reply, port) {
        if (port === to && accepts(reply)) settle(reply)
      },
      error: () => settle(undefined),
    },
  })
  return afterSending(
    () => opened.send(octets, to, server),
    () => opened.close(),
  )
}

// Where there is no way to the server the system refuses to send, and the socket must not stay.
function afterSending(send: () => void, close: () => void): () => void {
  try {
    send()
  } catch (error) {
    close()
    throw error
  }
  return close
}

function visitAndClose(namespace: number, work: () => number): number {
  try {
    return visit(namespace, work)
  } finally {
    closeSync(namespace)
  }
}
