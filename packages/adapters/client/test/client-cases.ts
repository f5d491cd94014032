import { mkdtemp } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { renderEvent } from '@vethra/api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Client, openClient } from '../src/index.ts'

/** For tests: what holds of the client under each runtime, against a server on a unix socket of its own. */
export function describeClient(runtime: string): void {
  let folder: string
  let socket: string
  let client: Client
  let server: Server | undefined
  let asked: string[]

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'client-'))
    socket = join(folder, 'v.sock')
    client = openClient({ socket })
    asked = []
  })
  afterEach(async () => {
    await stop()
  })

  async function serve(answer: RequestListener): Promise<void> {
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      answer(request, response)
    })
    await new Promise<void>((resolve) => server?.listen(socket, resolve))
  }

  async function stop(): Promise<void> {
    const last = server
    server = undefined
    last?.closeAllConnections()
    await new Promise<void>((resolve) => (last ? last.close(() => resolve()) : resolve()))
  }

  const answers =
    (status: number, type: string, text: string): RequestListener =>
    (_, response) =>
      response.writeHead(status, type === '' ? {} : { 'content-type': type }).end(text)

  const event = (ID: string) => ({ ID, Time: 't', Type: 'network-created', Message: ID }) as const

  describe(`under ${runtime}, a call`, () => {
    it('sends its query, path and body, and returns the JSON of the answer', async () => {
      let sent = ''
      await serve((request, response) => {
        request.on('data', (chunk) => {
          sent += chunk
        })
        request.on('end', () => answers(201, 'application/json', '{"ID":"7"}')(request, response))
      })
      const query = { filter: ['name=a', 'driver=bridge'] }
      await client.get('/networks', { params: { query } })
      const params = { path: { network: 'a' }, query: { mode: 'native' as const } }
      await client.get('/networks/{network}', { params })
      const body = { Name: 'grün', Internal: true }
      expect(await client.post('/networks', { body })).toEqual({ ID: '7' })
      expect([asked, JSON.parse(sent)]).toEqual([
        [
          'GET /networks?filter=name%3Da&filter=driver%3Dbridge',
          'GET /networks/a?mode=native',
          'POST /networks',
        ],
        body,
      ])
    })

    it.each([
      [204, '', '', undefined],
      [200, 'text/plain; version=0.0.4', 'vethra_networks 1\n', 'vethra_networks 1\n'],
      [503, 'application/json', '{"Status":"starting"}', { Status: 'starting' }],
    ])('answered with %i %s', async (status, type, text, value) => {
      await serve(answers(status, type, text))
      expect(await client.get('/health')).toEqual(value)
    })

    it.each([
      [404, 'application/problem+json', '{"detail":"gone","code":101,"hint":"h"}', 101],
      [500, 'application/problem+json', '{"detail":"a bug"}', 999],
      [502, 'text/html', '<html>', 6],
      [200, 'application/json', '{"cut', 6],
    ])('answered with %i %s %s throws', async (status, type, text, code) => {
      await serve(answers(status, type, text))
      await expect(client.get('/networks')).rejects.toMatchObject({ name: 'CniError', code })
    })

    it('throws 101 where nobody listens, and when the connection ends within an answer', async () => {
      await expect(client.get('/version')).rejects.toMatchObject({ code: 101 })
      await serve((_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '99' })
        response.write('{')
        setTimeout(() => response.destroy(), 20)
      })
      await expect(client.get('/version')).rejects.toMatchObject({ code: 101 })
    })
  })

  describe(`under ${runtime}, events`, () => {
    const stream = { 'content-type': 'text/event-stream' }

    it('go on after the last one when the daemon has restarted, each once', async () => {
      await serve((_, response) => {
        response.writeHead(200, stream).write(`: hello\nid: 4\n\n${renderEvent(event('5'))}`)
        setTimeout(() => response.destroy(), 20)
      })
      const seen: string[] = []
      for await (const { ID } of client.events()) {
        seen.push(ID)
        if (ID === '6') break
        await stop()
        await serve((_, response) => response.writeHead(200, stream).end(renderEvent(event('6'))))
      }
      expect([seen, asked]).toEqual([
        ['5', '6'],
        ['GET /events?follow=true', 'GET /events?follow=true&after=5'],
      ])
    })

    it('resume where the stream began when none has come', async () => {
      await serve((request, response) => {
        response.writeHead(200, stream)
        const isFirst = !request.url?.includes('after')
        response.end(isFirst ? ': hello\nid: 4\n\n' : renderEvent(event('5')))
      })
      for await (const { ID } of client.events()) {
        expect(ID).toBe('5')
        break
      }
      expect(asked.at(-1)).toBe('GET /events?follow=true&after=4')
    })

    it('end with the stream when they are not followed', async () => {
      await serve((_, response) => response.writeHead(200, stream).end(renderEvent(event('5'))))
      const seen: unknown[] = []
      for await (const each of client.events({ after: '0', follow: false })) seen.push(each)
      expect([seen, asked]).toEqual([[event('5')], ['GET /events?follow=false&after=0']])
    })

    it('end without an error when they are aborted, and the connection with them', async () => {
      const closed = new Promise<void>((resolve) => {
        void serve((_, response) => {
          response.once('close', resolve)
          response.writeHead(200, stream).write(renderEvent(event('5')))
        })
      })
      while (!server?.listening) await new Promise((resolve) => setTimeout(resolve, 5))
      const stopping = new AbortController()
      for await (const { ID } of client.events({ signal: stopping.signal })) {
        expect(ID).toBe('5')
        setTimeout(() => stopping.abort(), 20)
      }
      await closed
    })

    it('throw what the first connection met, and 101 when a stopped daemon stays away', async () => {
      const first = async (options = {}) => {
        for await (const each of client.events(options)) return each
        return undefined
      }
      await expect(first()).rejects.toMatchObject({ code: 101 })
      await serve(answers(400, 'application/problem+json', '{"detail":"no id","code":103}'))
      await expect(first({ after: 'x' })).rejects.toMatchObject({ code: 103 })
      await stop()
      await serve(answers(200, 'application/json', '[]'))
      await expect(first()).rejects.toMatchObject({ code: 6 })
      await stop()
      await serve((_, response) => {
        response.writeHead(200, stream).end(': hello\nid: 4\n\n')
        void stop()
      })
      await expect(first({ resumeMs: 500 })).rejects.toMatchObject({ code: 101 })
    })
  })
}
