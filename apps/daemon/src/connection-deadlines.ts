import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** How long a client may take, in milliseconds. */
export interface Deadlines {
  /** For the head of a request, from its first octet. */
  readonly headMs: number
  /** For the body of a request, from the end of its head. */
  readonly bodyMs: number
  /** Without a request, from the start of the connection or the last answer. */
  readonly idleMs: number
}

/** The deadlines of one connection, by the events on it. */
export interface ConnectionDeadlines {
  /** A head is whole: its body is waited for, where it has one. */
  begun(request: IncomingMessage): void
  /** All requests have been answered. */
  answered(): void
}

/** Watches a connection from its start; `late` is called once, with whether a request was half-sent. */
export function watchDeadlines(
  socket: Socket,
  { headMs, bodyMs, idleMs }: Deadlines,
  late: (halfSent: boolean) => void,
): ConnectionDeadlines {
  let timer: NodeJS.Timeout | undefined
  let isIdle = true
  const wait = (ms: number, halfSent: boolean) => {
    clearTimeout(timer)
    // An answer may close after its connection: then the timer must not keep a daemon that stops.
    timer = setTimeout(() => late(halfSent), ms).unref()
  }
  const beIdle = () => {
    isIdle = true
    wait(idleMs, false)
  }
  socket.on('data', () => {
    if (isIdle) wait(headMs, true)
    isIdle = false
  })
  socket.once('close', () => clearTimeout(timer))
  beIdle()
  return {
    begun(request) {
      isIdle = false
      clearTimeout(timer)
      if (!hasBody(request)) return
      wait(bodyMs, true)
      request.once('end', () => clearTimeout(timer))
    },
    answered: beIdle,
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
}
