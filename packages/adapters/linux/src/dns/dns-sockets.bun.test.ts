import { mkdtempSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { describeDnsSockets } from '../../test/describe-dns-sockets.ts'
import { needsRoot } from '../../test/in-namespace.ts'
import { enterOwnNetwork } from '../../test/own-network.ts'
import { dnsSockets } from './dns-sockets-in-bun.ts'
import { serveTcp } from './tcp-in-bun.ts'

const folder = mkdtempSync(join(tmpdir(), 'vethra-lines-'))

const until = (isSo: () => boolean) => expect.poll(isSo).toBe(true)

// Loopback has all of 127.0.0.0/8; of IPv6 it has one address.
if (needsRoot === undefined) {
  enterOwnNetwork()
  describeDnsSockets('dnsSockets', async () => ({
    sockets: dnsSockets(),
    addresses: ['127.83.5.3', '::1'],
    asker: '127.0.0.1',
    lines: join(mkdtempSync(join(folder, 'each-')), 'sock'),
  }))
}

it.skipIf(needsRoot !== undefined)('listens at addresses that no interface has', async () => {
  const sockets = dnsSockets()
  for (const address of ['192.0.2.77', '2001:db8::77']) {
    const listener = await sockets.listen(address, { answer: () => undefined })
    await expect(sockets.listen(address, { answer: () => undefined })).rejects.toMatchObject({
      code: 102,
    })
    listener.close()
  }
})

it.skipIf(needsRoot !== undefined)(
  'closes connections of one client beyond a limit, idle ones, and those of clients that read nothing',
  async () => {
    const at = '127.83.5.4'
    const limits = { connections: 3, perClient: 2, idleSeconds: 3, waiting: 4, unread: 1 << 18 }
    const close = serveTcp(at, { answer: () => new Uint8Array(60_000) }, limits)
    const closed: string[] = []
    const connect = (name: string) =>
      Bun.connect({
        ...{ hostname: at, port: 53 },
        socket: { data() {}, close: () => void closed.push(name) },
      })
    const [first] = [await connect('a'), await connect('b'), await connect('c')]
    await until(() => closed.length > 0)
    expect(closed).toEqual(['c'])
    first.pause()
    for (let each = 0; each < 2000; each += 1) first.write(Uint8Array.of(0, 1, each & 255))
    await until(() => closed.length === 3)
    expect(closed.toSorted()).toEqual(['a', 'b', 'c'])
    close()
  },
)

it.skipIf(needsRoot !== undefined)(
  'where all connections are taken, who comes gets that which was silent longest',
  async () => {
    const at = '127.83.5.5'
    const limits = { connections: 2, perClient: 2, idleSeconds: 10, waiting: 4, unread: 1 << 18 }
    const close = serveTcp(at, { answer: ({ octets }) => octets.slice() }, limits)
    const closed: string[] = []
    const heard: string[] = []
    // Each from an address of its own.
    const connect = (localAddress: string) => {
      const socket = createConnection({ host: at, port: 53, localAddress })
      socket.on('close', () => closed.push(localAddress)).on('error', () => undefined)
      socket.on('data', () => heard.push(localAddress))
      return socket
    }
    const ask = async (socket: Socket) => {
      const before = heard.length
      socket.write(Uint8Array.of(0, 1, 7))
      await until(() => heard.length > before)
    }
    const [first, second] = [connect('127.0.1.1'), connect('127.0.1.2')]
    await Bun.sleep(100)
    await ask(first)
    const third = connect('127.0.1.3')
    await ask(third)
    await until(() => closed.length > 0)
    expect([closed, heard]).toEqual([['127.0.1.2'], ['127.0.1.1', '127.0.1.3']])
    for (const each of [first, second, third]) each.destroy()
    close()
  },
)
