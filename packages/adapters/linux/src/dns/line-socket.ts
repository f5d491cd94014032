import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { ioError, notFoundError } from '@vethra/cni'
import type { LineSink } from '@vethra/world'

/** Octets that a reader has not read: what is written beyond them it does not get. */
const mostUnread = 1 << 20
const mostReaders = 16

/** Lines at a unix socket that root may read. A socket that a killed process left is replaced. Throws CniError 5. */
export async function openLineSink(path: string): Promise<LineSink> {
  const readers = new Set<Socket>()
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    socket.once('close', () => readers.delete(socket))
    if (readers.size >= mostReaders) socket.destroy()
    else readers.add(socket.resume())
  })
  rmSync(path, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(ioError(`cannot listen at ${path}`, { cause })))
    server.listen(path, resolve)
  })
  chmodSync(path, 0o600)
  return {
    isRead: () => readers.size > 0,
    write(line) {
      for (const each of readers) if (each.writableLength < mostUnread) each.write(`${line}\n`)
    },
    close() {
      for (const each of readers) each.destroy()
      server.close()
      rmSync(path, { force: true })
    },
  }
}

/** Hands on the lines of a sink until it is closed, or `onLine` returns false. Throws CniError 101 when there is none. */
export async function readLineSink(path: string, onLine: (line: string) => boolean): Promise<void> {
  const socket = connect(path)
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', (cause) =>
      reject(notFoundError(`no process listens at ${path}`, { cause })),
    )
  })
  socket.on('error', () => socket.destroy())
  for await (const line of createInterface({ input: socket })) if (!onLine(line)) break
  socket.destroy()
}
