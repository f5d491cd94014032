import { chmodSync, rmSync, statSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer, type Server } from 'node:net'
import { dirname } from 'node:path'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Problem } from '@vethra/api'
import { CniError } from '@vethra/cni'
import type { Files } from '@vethra/world'
import { newConnections } from './connections.ts'
import { plainProblem, problemResponse } from './problem-response.ts'

/** An API that is being served. */
export interface Serving {
  /** Makes a socket at its path again where somebody has removed that. Throws as `serve` does. */
  renew(): Promise<void>
  /** Takes no more connections, lets requests that are under way finish, for a while, and removes a socket of its own. */
  close(graceMs: number): Promise<void>
}

/** Where it is served. */
interface Door {
  readonly path: string
  readonly descriptor: number | undefined
  readonly files: Pick<Files, 'makeFolder'>
}

const malformed = 'the request is malformed HTTP'

/**
 * Serves HTTP on a unix socket: an inherited descriptor, or a path where the socket is made (0660, root
 * and root's group). A socket that a killed process left is replaced. A client that is
 * late is answered 408 where its request is half-sent, and loses its connection, as does one that pipelines more than 32
 * requests. Throws CniError 102 when someone
 * listens there or something else is there, 5 when it can't be made.
 */
export async function serve(
  at: Door,
  fetch: (request: Request) => Promise<Response>,
): Promise<Serving> {
  const connections = newConnections((socket, halfSent) => {
    if (halfSent) answerByHand(socket, plainProblem(408, 'the request is only half-sent'))
    socket.destroySoon()
  })
  const answer = getRequestListener(fetch, { overrideGlobalObjects: false, errorHandler })
  const http = createHttpServer((request, response) => {
    if (connections.begin(request, response)) void answer(request, response)
  })
  http.on('clientError', (error, socket) => refuse(error, socket))
  // Connections are handed on by hand: bun's own http server does not answer on an inherited socket.
  const listeners: Server[] = []
  const open = async () => {
    const listener = createServer((socket) => {
      connections.open(socket)
      http.emit('connection', socket)
      // After that: under Node, http takes a socket's data away from whoever listened before.
      connections.watch(socket)
    })
    listeners.push(listener)
    return listen(listener, at)
  }
  let made = await open()
  return {
    // The one before stays until the end: to close it removes what is at the path.
    async renew() {
      if (made === undefined || idOf(at.path) !== undefined) return
      const id = await open()
      if (made !== undefined) made = id
      else listeners.at(-1)?.close()
    },
    async close(graceMs) {
      const closed = Promise.all(
        listeners.map((each) => new Promise<void>((resolve) => each.close(() => resolve()))),
      )
      if (made !== undefined && idOf(at.path) === made) rmSync(at.path, { force: true })
      made = undefined
      connections.endIdle()
      const cut = setTimeout(connections.destroy, graceMs)
      await closed
      clearTimeout(cut)
      http.close()
    },
  }
}

// A target or Host header that makes no URL; whatever else is thrown, the routes answer themselves.
function errorHandler(error: unknown): Response {
  if (!(error instanceof RequestError)) throw error
  return problemResponse(plainProblem(400, malformed))
}

// What is no HTTP never becomes a request: the answer is written by hand.
function refuse(error: Error & { code?: string }, socket: Duplex): void {
  if (!socket.writable) return void socket.destroy()
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  answerByHand(socket, plainProblem(status, malformed))
}

function answerByHand(socket: Duplex, problem: Problem): void {
  const body = JSON.stringify(problem)
  socket.end(
    `HTTP/1.1 ${problem.status} ${problem.title}\r\nconnection: close\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

async function listen(
  listener: Server,
  { path, descriptor, files }: Door,
): Promise<string | undefined> {
  if (descriptor !== undefined) {
    await listening(listener, { fd: descriptor }, `descriptor ${descriptor}`)
    return undefined
  }
  await files.makeFolder(dirname(path), 0o755)
  await clear(path)
  // What is between here and chmod is closed to others by the umask, which leaves them no way to write.
  const umask = process.umask(0o117)
  try {
    await listening(listener, { path }, path)
  } finally {
    process.umask(umask)
  }
  chmodSync(path, 0o660)
  return idOf(path)
}

function listening(server: Server, where: object, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new CniError({ code: 5, message: `cannot listen at ${name}`, cause })),
    )
    server.listen(where, () => resolve())
  })
}

/** Removes a stale socket, at which no process listens. */
async function clear(path: string): Promise<void> {
  const there = statSync(path, { throwIfNoEntry: false })
  if (there === undefined) return
  if (!there.isSocket()) throw inTheWay(path, 'a file that is not a socket is there')
  if (await answers(path)) throw inTheWay(path, 'another process listens there')
  rmSync(path, { force: true })
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function inTheWay(path: string, why: string): CniError {
  return new CniError({
    code: 102,
    message: `cannot listen at ${path}: ${why}`,
    hint: 'Stop what listens there, or choose another path with --socket.',
  })
}

function idOf(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && `${found.dev}:${found.ino}`
}
