import { dlopen } from 'bun:ffi'
import { closeSync } from 'node:fs'
import { expect, it } from 'vitest'
import { needsRoot } from '../../test/in-namespace.ts'
import { enterOwnNetwork } from '../../test/own-network.ts'
import { libc } from '../netlink/libc-in-bun.ts'
import { dnsSockets } from './dns-sockets-in-bun.ts'

if (needsRoot === undefined) enterOwnNetwork()

it.skipIf(needsRoot !== undefined).each(['127.83.5.6', '::1'])(
  'at %s, of many that ask at once each gets its own answers, later ones too, and no more',
  async (at) => {
    const asked: string[] = []
    const listener = await dnsSockets().listen(at, {
      answer({ octets, asker }) {
        asked.push(asker)
        const [first = 0, second = 0] = octets
        if (octets.length === 0 || first === 255) return undefined
        const reply = Uint8Array.of(first, second, octets.length & 255)
        return second % 2 === 0 ? reply : Bun.sleep(1).then(() => reply)
      },
    })
    try {
      const clients = await Promise.all([1, 2, 3].map((client) => askMany(at, client)))
      const expected = Array.from({ length: 200 }, (_, each) => `${each & 255} ${2 + (each % 50)}`)
      for (const got of clients) expect(got.toSorted()).toEqual(expected.toSorted())
      expect(new Set(asked)).toEqual(new Set([at === '::1' ? '::1' : '127.0.0.1']))
    } finally {
      listener.close()
    }
  },
)

// 200 that are answered, an empty one, one that is not answered and one that is too long.
async function askMany(hostname: string, client: number): Promise<readonly string[]> {
  const got: string[] = []
  const socket = await Bun.udpSocket({
    connect: { hostname, port: 53 },
    hostname: hostname.includes(':') ? '::' : '0.0.0.0',
    socket: {
      data(_, octets) {
        const [from, each, length] = octets
        if (from === client) got.push(`${each} ${length}`)
      },
    },
  })
  const questions = Array.from({ length: 200 }, (_, each) => {
    return Uint8Array.of(client, each, ...new Uint8Array(each % 50))
  })
  const odd = [new Uint8Array(0), Uint8Array.of(255), new Uint8Array(3000).fill(client)]
  socket.sendMany([...questions, ...odd])
  for (let tries = 0; tries < 1000 && got.length < 200; tries += 1) await Bun.sleep(20)
  await Bun.sleep(50)
  socket.close()
  return got
}

// A container may send from port 0, by a raw socket: there the system sends nothing.
it.skipIf(needsRoot !== undefined)(
  'a sender that nothing can be sent to costs others no answer',
  async () => {
    const listener = await dnsSockets().listen('127.83.5.7', {
      answer: ({ octets }) => Uint8Array.from(octets),
    })
    const got: number[] = []
    const socket = await Bun.udpSocket({
      hostname: '0.0.0.0',
      connect: { hostname: '127.83.5.7', port: 53 },
      socket: { data: (_, octets) => void got.push(octets[0] ?? -1) },
    })
    try {
      // The first comes in by itself, the last ones many at a time.
      for (let each = 0; each < 60; each += 1) {
        if (each % 10 === 0) sendFromPortZero()
        socket.send(Uint8Array.of(each, 1, 2))
      }
      for (let tries = 0; tries < 1000 && got.length < 60; tries += 1) await Bun.sleep(20)
      expect(got.toSorted((one, other) => one - other)).toEqual(
        Array.from({ length: 60 }, (_, each) => each),
      )
    } finally {
      socket.close()
      listener.close()
    }
  },
)

function sendFromPortZero(): void {
  const [raw, udp, family] = [3, 17, 2]
  const { symbols } = dlopen('libc.so.6', {
    sendto: { args: ['i32', 'ptr', 'u64', 'i32', 'ptr', 'u32'], returns: 'i64' },
  })
  const descriptor = libc().socket(family, raw, udp)
  const datagram = Uint8Array.of(0, 0, 0, 53, 0, 11, 0, 0, 255, 255, 255)
  const to = Uint8Array.of(family, 0, 0, 0, 127, 83, 5, 7, ...new Uint8Array(8))
  expect(symbols.sendto(descriptor, datagram, BigInt(datagram.length), 0, to, to.length)).toBe(11n)
  closeSync(descriptor)
}
