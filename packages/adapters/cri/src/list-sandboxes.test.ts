import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2'
import { createServer as createSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listSandboxes } from './index.ts'

let folder: string
let socket: string
let server: Http2Server | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cri-'))
  socket = join(folder, 'sock')
})
afterEach(async () => {
  server?.close()
  server = undefined
})

const field = (key: number, value: string | Buffer) => {
  const octets = Buffer.from(value as string)
  return Buffer.concat([Buffer.from([key * 8 + 2, octets.length]), octets])
}
const sandbox = (id: string, namespace: string, name: string) => {
  const metadata = Buffer.concat([field(1, name), field(2, 'uid'), field(3, namespace)])
  // A state (varint) and a fixed64 in between, as a later version may have them.
  const more = Buffer.from([3 * 8, 1, 9 * 8 + 1, 1, 2, 3, 4, 5, 6, 7, 8])
  return field(1, Buffer.concat([field(1, id), more, field(2, metadata)]))
}
const framed = (message: Buffer) => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}

async function serve(answer: (stream: ServerHttp2Stream, path: string) => void): Promise<void> {
  server = createServer()
  server.on('stream', (stream, headers) => {
    stream.on('error', () => stream.destroy())
    answer(stream, String(headers[':path']))
  })
  await new Promise<void>((done) => server?.listen(socket, done))
}
const ask = (timeoutMs = 2000) => listSandboxes({ address: `unix://${socket}`, timeoutMs })

describe('listSandboxes', () => {
  it('gives the names of all pods that the runtime has, by the ids of their sandboxes', async () => {
    const pods = Buffer.concat([sandbox('c1', 'shop', 'web-0'), sandbox('c2', 'default', 'db')])
    const asked: string[] = []
    await serve((stream, path) => {
      asked.push(path)
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
      stream.end(framed(pods))
    })
    expect(await ask()).toEqual(
      new Map([
        ['c1', { namespace: 'shop', name: 'web-0' }],
        ['c2', { namespace: 'default', name: 'db' }],
      ]),
    )
    expect(asked).toEqual(['/runtime.v1.RuntimeService/ListPodSandbox'])
  })

  const whole = framed(sandbox('c1', 'shop', 'web'))
  const oddities: Readonly<Record<string, (stream: ServerHttp2Stream) => void>> = {
    'one without CRI': (stream) =>
      stream.respond({ ':status': 200, 'grpc-status': '12' }, { endStream: true }),
    'an answer that is cut short': (stream) => stream.end(whole.subarray(0, 20)),
    'one that resets the stream': (stream) => stream.close(2),
    'an answer without end': (stream) => {
      const more = () => {
        while (!stream.destroyed && stream.write(Buffer.alloc(1024 * 1024)));
        if (!stream.destroyed) stream.once('drain', more)
      }
      more()
    },
    'a length that leads beyond the message': (stream) =>
      stream.end(
        framed(Buffer.from([10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1])),
      ),
  }
  it.each(Object.keys(oddities))('is empty for %s', async (kind) => {
    await serve((stream) => oddities[kind]?.(stream))
    expect(await ask()).toEqual(new Map())
  })

  it('is empty where nothing, a file, or another protocol is at the socket', async () => {
    expect(await ask()).toEqual(new Map())
    await writeFile(socket, '')
    expect(await ask()).toEqual(new Map())
    await rm(socket)
    const other = createSocket((connection) => connection.resume().end('220 mail\r\n'))
    await new Promise<void>((done) => other.listen(socket, done))
    expect(await ask()).toEqual(new Map())
    await new Promise((done) => other.close(done))
  })

  it('waits no longer than it is told for one that hangs', async () => {
    await serve(() => undefined)
    const began = performance.now()
    expect(await ask(100)).toEqual(new Map())
    expect(performance.now() - began).toBeLessThan(20_000)
  })
})
