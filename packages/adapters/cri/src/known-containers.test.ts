import { mkdtemp } from 'node:fs/promises'
import { createServer, type Http2Server } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { knownContainers } from './index.ts'

let folder: string
let server: Http2Server
let containers: Readonly<Record<string, readonly string[]>>
let asked: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cri-'))
  containers = { default: ['web'], 'my-team': ['web', 'db'], other: [] }
  asked = []
  server = createServer()
  server.on('stream', (stream, headers) => {
    stream.on('error', () => stream.destroy())
    const namespace = headers['containerd-namespace']
    asked.push([headers[':path'], namespace].filter(Boolean).join(' '))
    const found = namespace === undefined ? Object.keys(containers) : containers[`${namespace}`]
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' })
    stream.end(framed(Buffer.concat((found ?? []).map((each) => field(1, field(1, each))))))
  })
  await new Promise<void>((done) => server.listen(`${folder}/sock`, done))
})
afterEach(async () => {
  server.close()
})

const field = (key: number, value: string | Buffer) => {
  const octets = Buffer.from(value as string)
  return Buffer.concat([Buffer.from([key * 8 + 2, octets.length]), octets])
}
const framed = (message: Buffer) => {
  const head = Buffer.alloc(5)
  head.writeUInt32BE(message.length, 1)
  return Buffer.concat([head, message])
}
const refs = [
  { namespace: 'my', id: 'team-web' },
  { namespace: 'my-team', id: 'web' },
  { namespace: 'my-team', id: 'gone' },
]

it('are those of namespaces that containerd has, and it is asked once for each', async () => {
  const runtime = { address: `unix://${folder}/sock`, timeoutMs: 2000 }
  expect(await knownContainers(runtime, refs)).toEqual([{ namespace: 'my-team', id: 'web' }])
  expect(asked).toEqual([
    '/containerd.services.namespaces.v1.Namespaces/List',
    '/containerd.services.containers.v1.Containers/List my-team',
  ])
})

it('are none where nobody answers', async () => {
  expect(await knownContainers({ address: `${folder}/none`, timeoutMs: 500 }, refs)).toEqual([])
})
