import { type HostEvent, parseEventStream } from '@vethra/api'
import pino from 'pino'
import { beforeEach, describe, expect, it } from 'vitest'
import { sampleApi } from '../test/sample-api.ts'
import type { Api } from './api.ts'
import { routes } from './routes.ts'

let api: Api
let stop: AbortController
beforeEach(async () => {
  stop = new AbortController()
  api = await sampleApi(stop.signal)
})

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  routes(api, pino({ level: 'silent' })).fetch(new Request(`http://vethra${path}`, init))

describe('events', () => {
  const happen = (Message: string) => api.tell({ Type: 'repair-done', Message })
  const messages = (body: string) =>
    parseEventStream()(body).flatMap(({ data }) =>
      data === undefined ? [] : [(JSON.parse(data) as HostEvent).Message],
    )

  it('are replayed after an id, by query or by header, and then end when nobody follows', async () => {
    for (const each of ['a', 'b', 'c']) happen(each)
    const whole = await (await ask('/events?after=0&follow=false')).text()
    expect(messages(whole)).toEqual(['a', 'b', 'c'])
    const [first] = (await api.events.after('0')).events
    const headers = { 'last-event-id': first?.ID ?? '' }
    expect(messages(await (await ask('/events?follow=false', { headers })).text())).toEqual([
      'b',
      'c',
    ])
    expect(messages(await (await ask('/events?follow=false')).text())).toEqual([])
  })

  it('that are no longer kept are said to be missing', async () => {
    happen('a')
    const first = await api.events.latest()
    for (const each of ['b', 'c', 'd', 'e']) happen(each)
    const stream = await (await ask(`/events?after=${first}&follow=false`)).text()
    expect([messages(stream), stream]).toEqual([
      ['c', 'd', 'e'],
      expect.stringContaining(': events before these are no longer kept'),
    ])
  })

  it('arrive as they happen, until the daemon stops', async () => {
    const reader = (await ask('/events')).body?.getReader()
    const decoder = new TextDecoder()
    const next = async () => decoder.decode((await reader?.read())?.value)
    expect(await next()).toMatch(/^: vethra/)
    const coming = next()
    happen('a')
    expect(messages(await coming)).toEqual(['a'])
    const last = reader?.read()
    stop.abort()
    expect((await last)?.done).toBe(true)
  })

  it('keep nothing of a reader that has gone', async () => {
    const readers = await Promise.all(
      Array.from({ length: 50 }, async () => (await ask('/events')).body?.getReader()),
    )
    for (const reader of readers) {
      await reader?.read()
      void reader?.read()
    }
    await new Promise((resolve) => setImmediate(resolve))
    expect(api.happened.listenerCount('event')).toBe(50)
    for (const reader of readers) await reader?.cancel()
    expect(api.happened.listenerCount('event')).toBe(0)
  })
})
