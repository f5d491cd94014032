import { mkdtemp } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describeRootlessKit } from '@vethra/world-kit'
import { describe, expect, it } from 'vitest'
import { rootlessKit } from './index.ts'

/** The status and the body that a server answers with, by `METHOD /path`. */
type Answers = (asked: string, body: string) => readonly [status: number, text: string]

// The answers of Debian's rootlesskit 1.1.0, and of a 2.3 with pasta.
const builtin = {
  networkDriver: { driver: 'slirp4netns', dns: ['10.0.2.3'], childIP: '10.0.2.100' },
  portDriver: { driver: 'builtin', protos: ['tcp', 'tcp4', 'tcp6', 'udp', 'udp4', 'udp6'] },
}
const pasta = {
  networkDriver: { driver: 'pasta', dns: ['10.0.2.3'], childIP: '10.0.2.100' },
}

function recorded(): Answers {
  let [ports, last]: [{ id: number; spec: { parentPort: number } }[], number] = [[], 0]
  const error = (message: string) => [500, JSON.stringify({ message })] as const
  return (asked, body) => {
    const [method, path = ''] = asked.split(' ')
    if (path === '/v1/info') return [200, JSON.stringify(builtin)]
    if (method === 'GET') return [200, JSON.stringify(ports.length > 0 ? ports : null)]
    if (method === 'DELETE') {
      const id = Number(path.split('/').at(-1))
      if (!ports.some((each) => each.id === id)) return error(`unknown port id: ${id}`)
      ports = ports.filter((each) => each.id !== id)
      return [200, '']
    }
    const spec = JSON.parse(body)
    const { parentPort } = spec
    if (parentPort < 1024) return error(`cannot expose privileged port ${parentPort}, you can add`)
    if (ports.some((each) => each.spec.parentPort === parentPort)) {
      return error(`listen tcp 0.0.0.0:${parentPort}: bind: address already in use`)
    }
    last += 1
    ports = [...ports, { id: last, spec }]
    return [201, JSON.stringify({ id: last, spec })]
  }
}

const withoutDriver: Answers = (asked) =>
  asked === 'GET /v1/info'
    ? [200, JSON.stringify(pasta)]
    : [400, '{"message":"no PortDriver is available"}']

describeRootlessKit('rootlessKit', async (drivers) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'rk-'))
  const server = await serve(stateDir, drivers === 'builtin' ? recorded() : withoutDriver)
  return {
    kit: rootlessKit({ stateDir }),
    close: async () => {
      server.close()
    },
  }
})

describe('what answers instead of RootlessKit', () => {
  const asking = async (answers: Answers | undefined, timeoutMs?: number) => {
    const stateDir = await mkdtemp(join(tmpdir(), 'rk-'))
    const server = answers && (await serve(stateDir, answers))
    const kit = rootlessKit({ stateDir, ...(timeoutMs === undefined ? {} : { timeoutMs }) })
    const outcome = await kit.info().catch((error: unknown) => error)
    server?.closeAllConnections()
    server?.close()
    return outcome
  }

  it.each([
    ['nothing', undefined, 5],
    ['no JSON', () => [200, 'hello'] as const, 6],
    ['JSON that is nested too deep', () => [200, '['.repeat(1000)] as const, 6],
    ['an error', () => [500, '{"message":"no"}'] as const, 5],
    ['more than 4 MiB', () => [200, ' '.repeat(5_000_000)] as const, 5],
  ])('%s: code %s', async (_, answers, code) => {
    expect(await asking(answers)).toMatchObject({ code })
  })

  it('RootlessKit that is about to listen is waited for', async () => {
    const stateDir = await mkdtemp(join(tmpdir(), 'rk-'))
    const asked = rootlessKit({ stateDir }).info()
    await setTimeout(150)
    const server = await serve(stateDir, recorded())
    expect(await asked).toMatchObject({ networkDriver: 'slirp4netns' })
    server.close()
  })

  it('a server that never answers is given up', async () => {
    expect(await asking(() => [0, ''], 50)).toMatchObject({ code: 5 })
  })
})

async function serve(stateDir: string, answers: Answers): Promise<Server> {
  const server = createServer(async (asked, answer: ServerResponse) => {
    const body = (await asked.toArray()).join('')
    const [status, text] = answers(`${asked.method} ${asked.url}`, body)
    if (status > 0) answer.writeHead(status).end(text)
  })
  await new Promise<void>((resolve) => server.listen(`${stateDir}/api.sock`, resolve))
  return server
}
