import { randomInt } from 'node:crypto'
import { chmodSync, rmSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { ioError, notFoundError, orElse } from '@vethra/cni'
import { floodingOp } from '@vethra/firewall'
import { encodeNftBatch } from '@vethra/netlink'
import type { DnsSockets, LineSink } from '@vethra/world'
import { openSession } from '../netlink/session.ts'
import { askServer } from './ask-in-bun.ts'
import { serveTcp } from './tcp-in-bun.ts'
import { serveUdp } from './udp-in-bun.ts'

/** The sockets of this host: for bun, which takes over sockets that are bound already. */
export function dnsSockets(): DnsSockets {
  return {
    async listen(address, hearer) {
      const closeUdp = await serveUdp(address, hearer)
      try {
        const closeTcp = serveTcp(address, hearer)
        return {
          address,
          close: () => {
            closeUdp()
            closeTcp()
          },
        }
      } catch (error) {
        closeUdp()
        throw error
      }
    },
    ask: askServer,
    restrain: restrainAddress,
    openLines: openLineSink,
    readLines: readLineSink,
    randomId: () => randomInt(65_536),
  }
}

/** Names an address in table `inet vethra`; nothing where a host has no such table, or it has no room. */
function restrainAddress(address: string): void {
  const session = openSession('')
  try {
    // Without it questions are answered all the same: the resolver itself drops what is too much.
    orElse(() => session.netfilter(encodeNftBatch([floodingOp(address)])), undefined)
  } finally {
    session.close()
  }
}

/** Octets that a reader has not read: what is written beyond them it does not get. */
const mostUnread = 1 << 20
const mostReaders = 16

async function openLineSink(path: string): Promise<LineSink> {
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

async function readLineSink(path: string, onLine: (line: string) => boolean): Promise<void> {
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
