import type { DnsHearer, DnsQuery, DnsReply } from '@vethra/world'
import type { Socket } from 'bun'
import { boundSocket } from './bound-socket-in-bun.ts'
import { answerCollected } from './collect-in-bun.ts'
import { framed, splitFrames } from './frames.ts'

interface TcpLimits {
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

interface Server {
  readonly at: string
  readonly hearer: DnsHearer
  readonly limits: TcpLimits
  /** How many connections each client has. */
  readonly clients: Map<string, number>
  /** The one that was silent longest first. */
  readonly open: Set<Client>
}

/** Answers by TCP (RFC 7766) at an address; returns what ends it. Throws as `boundSocket` does. */
export function serveTcp(
  at: string,
  hearer: DnsHearer,
  limits: TcpLimits = usualLimits,
): () => void {
  const server: Server = { at, hearer, limits, clients: new Map(), open: new Set() }
  const listener = Bun.listen<Connection | undefined>({
    // As for UDP: bun takes over a socket that listens, its types do not say so.
    ...({ fd: boundSocket('tcp', at) } as unknown as { hostname: string; port: number }),
    socket: {
      binaryType: 'uint8array',
      open: (socket) => admit(server, socket),
      data: (socket, chunk) => answerCollected(() => hear(server, socket, chunk)),
      drain: sendRest,
      timeout: (socket) => cut(server, socket),
      close: (socket) => forget(server, socket),
      error() {},
    },
  })
  return () => {
    listener.stop(true)
    for (const socket of server.open) cut(server, socket)
  }
}

function admit(server: Server, socket: Client): void {
  const { clients, open, limits } = server
  const asker = socket.remoteAddress
  const count = clients.get(asker) ?? 0
  if (count >= limits.perClient) {
    socket.terminate()
    return
  }
  // One container may have many addresses: it must not keep all connections for itself.
  const [silent] = open
  if (silent && open.size >= limits.connections) cut(server, silent)
  clients.set(asker, count + 1)
  open.add(socket)
  socket.data = { asker, received: nothing, unsent: nothing, waiting: 0 }
  socket.timeout(limits.idleSeconds)
}

function hear(server: Server, socket: Client, chunk: Uint8Array): void {
  const { data } = socket
  if (data === undefined) return
  const { frames, rest } = splitFrames(data.received, chunk)
  data.received = rest
  // Not for a part of a message: a client that sends an octet now and then is idle.
  if (frames.length > 0) {
    socket.timeout(server.limits.idleSeconds)
    if (server.open.delete(socket)) server.open.add(socket)
  }
  for (const [index, octets] of frames.entries()) {
    if (!server.open.has(socket)) return
    const { asker } = data
    const isBehind = index >= server.limits.waiting
    answer(server, socket, { octets, asker, at: server.at, isTcp: true, isBehind })
  }
}

function answer(server: Server, socket: Client, query: DnsQuery): void {
  const { data } = socket
  const reply = server.hearer.answer(query)
  if (data === undefined || reply === undefined) {
    cut(server, socket)
    return
  }
  if (!(reply instanceof Promise)) {
    write(server, socket, reply)
    return
  }
  data.waiting += 1
  if (data.waiting > server.limits.waiting) cut(server, socket)
  void reply.then((late) => {
    data.waiting -= 1
    write(server, socket, late)
  })
}

function write(server: Server, socket: Client, reply: DnsReply): void {
  const { data } = socket
  if (data === undefined || reply === undefined || !server.open.has(socket)) return
  const octets = framed(reply)
  const sent = data.unsent.length > 0 ? 0 : Math.max(0, socket.write(octets))
  if (sent === octets.length) return
  data.unsent = Buffer.concat([data.unsent, octets.subarray(sent)])
  if (data.unsent.length > server.limits.unread) cut(server, socket)
}

function sendRest(socket: Client): void {
  const { data } = socket
  if (data === undefined) return
  data.unsent = data.unsent.slice(Math.max(0, socket.write(data.unsent)))
}

function cut(server: Server, socket: Client): void {
  forget(server, socket)
  socket.terminate()
}

function forget({ clients, open }: Server, socket: Client): void {
  if (socket.data === undefined || !open.delete(socket)) return
  const { asker } = socket.data
  const left = (clients.get(asker) ?? 1) - 1
  if (left > 0) clients.set(asker, left)
  else clients.delete(asker)
}

const nothing = new Uint8Array(0)
