import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** How long a client may take, in milliseconds: for the head of a request, for its body from there, and without one from the last answer. */
const [headMs, bodyMs, idleMs] = [5_000, 10_000, 15_000]

/** The connections of a server, and how many requests of each are under way. */
export interface Connections {
  /** Takes a connection before its data is read. */
  open(socket: Socket): void
  /** Watches its deadlines from now on. */
  watch(socket: Socket): void
  /** Counts a request until it is answered. False where its connection has too many: it is destroyed. */
  begin(request: IncomingMessage, response: ServerResponse): boolean
  /** Ends those without a request under way now, and each other one once it has none. */
  endIdle(): void
  /** Destroys all that are left. */
  destroy(): void
}

/** How many requests of one connection may be under way; one that sends more without waiting for answers ends. */
const mostPipelined = 32

/** No connections yet. `onLate` is called with one that misses a deadline, and whether its request is half-sent. */
export function newConnections(onLate: (socket: Socket, halfSent: boolean) => void): Connections {
  const busy = new Map<Socket, number>()
  const watched = new WeakMap<Socket, ReturnType<typeof watchDeadlines>>()
  let closing = false
  const answered = (socket: Socket) => {
    const left = (busy.get(socket) ?? 1) - 1
    if (busy.has(socket)) busy.set(socket, left)
    if (left > 0) return
    if (closing) socket.end()
    else watched.get(socket)?.answered()
  }
  return {
    open(socket) {
      busy.set(socket, 0)
      socket.once('close', () => busy.delete(socket))
      socket.on('error', () => socket.destroy())
    },
    watch(socket) {
      const late = (halfSent: boolean) => onLate(socket, halfSent)
      watched.set(socket, watchDeadlines(socket, late))
    },
    begin(request, response) {
      const { socket } = request
      const underWay = (busy.get(socket) ?? 0) + 1
      if (underWay > mostPipelined) {
        socket.destroy()
        return false
      }
      watched.get(socket)?.begun(request)
      if (closing) response.shouldKeepAlive = false
      busy.set(socket, underWay)
      response.once('close', () => answered(socket))
      return true
    },
    endIdle() {
      closing = true
      for (const [socket, requests] of busy) if (requests === 0) socket.end()
    },
    destroy() {
      for (const socket of busy.keys()) socket.destroy()
    },
  }
}

// Of one connection, from its start. `late` is called once, with whether a request was half-sent.
function watchDeadlines(socket: Socket, late: (halfSent: boolean) => void) {
  let timer: NodeJS.Timeout | undefined
  let isIdle = true
  const wait = (ms: number, halfSent: boolean) => {
    clearTimeout(timer)
    // An answer may close after its connection: then the timer must not keep a daemon that stops.
    timer = setTimeout(() => late(halfSent), ms).unref()
  }
  const answered = () => {
    isIdle = true
    wait(idleMs, false)
  }
  socket.on('data', () => {
    if (isIdle) wait(headMs, true)
    isIdle = false
  })
  socket.once('close', () => clearTimeout(timer))
  answered()
  return {
    /** A head is whole: its body is waited for, where it has one. */
    begun(request: IncomingMessage) {
      isIdle = false
      clearTimeout(timer)
      if (!hasBody(request)) return
      wait(bodyMs, true)
      request.once('end', () => clearTimeout(timer))
    },
    /** All requests have been answered. */
    answered,
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
