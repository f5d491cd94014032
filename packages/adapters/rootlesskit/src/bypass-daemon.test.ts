import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { bypassDaemon } from './index.ts'

describe('bypassDaemon', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'b4nn-'))
  })

  const asking = async (status: number, work: (socket: string) => Promise<void>) => {
    const asked: string[] = []
    const server = createServer(async (request, answer) => {
      asked.push(`${request.method} ${request.url} ${(await request.toArray()).join('')}`)
      answer.writeHead(status).end('{"message":"no"}')
    })
    const socket = join(folder, 's.sock')
    await new Promise<void>((resolve) => server.listen(socket, resolve))
    await work(socket).finally(() => server.close())
    return asked
  }

  it('asks for a container, and takes it back', async () => {
    const asked = await asking(200, async (socket) => {
      await bypassDaemon(socket).start({ id: 'web' })
      await bypassDaemon(socket).stop('web')
    })
    expect(asked).toEqual(['POST /v1/bypass {"id":"web"}', 'DELETE /v1/bypass/web '])
  })

  it('a refusal has what the daemon says, except for taking back one that it does not know', async () => {
    await asking(500, async (socket) => {
      const started = bypassDaemon(socket).start({ id: 'web' })
      await expect(started).rejects.toMatchObject({ code: 5, details: 'no' })
      await bypassDaemon(socket).stop('web')
    })
  })

  it('without the daemon a start is refused with code 100, and nothing is to be taken back', async () => {
    const daemon = bypassDaemon(join(folder, 's.sock'))
    await expect(daemon.start({ id: 'web' })).rejects.toMatchObject({ code: 100 })
    await daemon.stop('web')
  })
})
