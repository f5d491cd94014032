import type { DnsHearer, DnsReply } from '@vethra/world'
import type { Socket } from 'bun'
import { boundSocket } from './bound-socket-in-bun.ts'
import { collectAfter } from './collect-in-bun.ts'
import { framed, splitFrames } from './frames.ts'

/** The bounds of connections. */
export interface TcpLimits {
  /** Connections to one address of ours. */
  readonly connections: number
  /** Connections of one client to it. */
  readonly perClient: number
  /** Seconds without a message. */
  readonly idleSeconds: number
  /** Questions of one connection that wait for an answer: more at once are more than their share. */
  readonly waiting: number
  /** Octets of answers that a client has not read. */
  readonly unread: number
}

const usualLimits: TcpLimits = {
  connections: 512,
  perClient: 64,
  idleSeconds: 10,
  waiting: 256,
  unread: 1 << 20,
}

interface Connection {
  readonly asker: string
  received: Uint8Array
  unsent: Uint8Array
  waiting: number
}

type Client = Socket<Connection | undefined>

/** Answers by TCP (RFC 7766) at an address; returns what ends it. Throws as `boundSocket` does. */
export function serveTcp(
  at: string,
  hearer: DnsHearer,
  limits: TcpLimits = usualLimits,
): () => void {
  const clients = new Map<string, number>()
  const open = new Set<Client>()
  const forget = (socket: Client) => {
    if (socket.data === undefined || !open.delete(socket)) return
    const { asker } = socket.data
    const left = (clients.get(asker) ?? 1) - 1
    if (left > 0) clients.set(asker, left)
    else clients.delete(asker)
  }
  const cut = (socket: Client) => {
    forget(socket)
    socket.terminate()
  }
  const write = (socket: Client, data: Connection, reply: DnsReply) => {
    if (reply === undefined || !open.has(socket)) return
    const octets = framed(reply)
    const sent = data.unsent.length > 0 ? 0 : Math.max(0, socket.write(octets))
    if (sent === octets.length) return
    data.unsent = Buffer.concat([data.unsent, octets.subarray(sent)])
    if (data.unsent.length > limits.unread) cut(socket)
  }
  const answer = (socket: Client, data: Connection, octets: Uint8Array, isBehind: boolean) => {
    const reply = hearer.answer({ octets, asker: data.asker, at, isTcp: true, isBehind })
    if (reply === undefined) {
      cut(socket)
      return
    }
    if (!(reply instanceof Promise)) {
      write(socket, data, reply)
      return
    }
    data.waiting += 1
    if (data.waiting > limits.waiting) cut(socket)
    void reply.then((late) => {
      data.waiting -= 1
      write(socket, data, late)
    })
  }
  const listener = Bun.listen<Connection | undefined>({
    // As for UDP: bun takes over a socket that listens, its types do not say so.
    ...({ fd: boundSocket('tcp', at) } as unknown as { hostname: string; port: number }),
    socket: {
      binaryType: 'uint8array',
      open(socket) {
        const asker = socket.remoteAddress
        const count = clients.get(asker) ?? 0
        if (open.size >= limits.connections || count >= limits.perClient) {
          socket.terminate()
          return
        }
        clients.set(asker, count + 1)
        open.add(socket)
        socket.data = { asker, received: nothing, unsent: nothing, waiting: 0 }
        socket.timeout(limits.idleSeconds)
      },
      data(socket, chunk) {
        const { data } = socket
        if (data === undefined) return
        const { frames, rest } = splitFrames(data.received, chunk)
        data.received = rest
        // Not for a part of a message: a client that sends an octet now and then is idle.
        if (frames.length > 0) socket.timeout(limits.idleSeconds)
        collectAfter(frames.length)
        for (const [index, octets] of frames.entries()) {
          if (!open.has(socket)) return
          answer(socket, data, octets, index >= limits.waiting)
        }
      },
      drain(socket) {
        const { data } = socket
        if (data !== undefined)
          data.unsent = data.unsent.slice(Math.max(0, socket.write(data.unsent)))
      },
      timeout: cut,
      close: forget,
      error() {},
    },
  })
  return () => {
    listener.stop(true)
    for (const socket of open) cut(socket)
  }
}

const nothing = new Uint8Array(0)
