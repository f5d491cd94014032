import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { formatAddress } from '@vethra/address'
import { formatSocket, type HeldSocket } from '@vethra/container'
import { isAlive, type Process } from '@vethra/plugin-exec/programs'

/** As `holdInBun`, with sockets of its own, and with a look at the other process now and then. */
export async function holdInNode(
  init: Process,
  sockets: readonly HeldSocket[],
  ready: () => void,
): Promise<void> {
  const opened: { close(): unknown }[] = []
  for (const socket of sockets) opened.push(await open(socket))
  ready()
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (isAlive(init)) return
      clearInterval(timer)
      resolve()
    }, pauseMs)
  })
  for (const each of opened) each.close()
}

const pauseMs = 250

async function open(socket: HeldSocket): Promise<{ close(): unknown }> {
  const started = opener[socket.protocol](socket)
  try {
    await once(started, 'listening')
    return started
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const text = formatSocket(socket)
    throw new Error(code === 'EADDRINUSE' ? `taken ${text}` : `cannot hold ${text}: ${message}`)
  }
}

const opener = {
  tcp: ({ address, port }: HeldSocket) =>
    createServer({ pauseOnConnect: true }, (connection) => connection.resetAndDestroy()).listen({
      host: formatAddress(address),
      port,
      ipv6Only: true,
      exclusive: true,
    }),
  udp: ({ address, port }: HeldSocket) =>
    createSocket({
      type: address.family === 6 ? 'udp6' : 'udp4',
      ipv6Only: address.family === 6,
    }).bind({ address: formatAddress(address), port, exclusive: true }),
  sctp: (socket: HeldSocket): never => {
    throw new Error(`cannot hold ${formatSocket(socket)}: Node knows no SCTP`)
  },
} as const
