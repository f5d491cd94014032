import { expect, it } from 'vitest'
import { needsRoot } from '../../test/in-namespace.ts'
import { dnsSockets } from './dns-sockets-in-bun.ts'

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
  for (let tries = 0; tries < 100 && got.length < 200; tries += 1) await Bun.sleep(20)
  await Bun.sleep(50)
  socket.close()
  return got
}
