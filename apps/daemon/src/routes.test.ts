import { Validator } from '@seriousme/openapi-schema-validator'
import { type HostEvent, renderEvent } from '@vethra/api'
import { Ajv2020 } from 'ajv/dist/2020.js'
import pino from 'pino'
import { beforeEach, describe, expect, it } from 'vitest'
import { sampleApi } from '../test/sample-api.ts'
import type { Api } from './api.ts'
import { apiDocument } from './document.ts'
import { bodyLimit } from './request-body.ts'
import { operations, routes } from './routes.ts'

const read = { findings: [], atMs: 1000, tookMs: 5 }
let api: Api
let stop: AbortController
let logged: string[]

beforeEach(async () => {
  stop = new AbortController()
  logged = []
  api = await sampleApi(stop.signal)
})

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const log = pino({ level: 'error' }, { write: (line: string) => void logged.push(line) })
  return routes(api, log).fetch(new Request(`http://vethra${path}`, init))
}

const post = (body: string, type = 'application/json'): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': type },
  body,
})

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>
  readonly components: object
}

interface DocumentOperation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >
}

async function document(): Promise<Document> {
  return (await ask('/openapi.json')).json() as Promise<Document>
}

describe('the document', () => {
  it('is OpenAPI 3.1', async () => {
    expect(
      await new Validator().validate(structuredClone(await document()) as never),
    ).toMatchObject({
      valid: true,
    })
  })

  it('names every operation once, and no other', async () => {
    const { paths } = await document()
    const named = Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => [operationId, method, path]),
    )
    expect(named.sort()).toEqual(
      operations.map(({ id, method, path }) => [id, method, path]).sort(),
    )
  })

  it('shows every operation in one group', async () => {
    const { paths } = await document()
    const groups = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId, tags }) => [operationId, tags.length]),
    )
    expect(groups).toEqual(groups.map(([id]) => [id, 1]))
  })

  it('is the one that the client has its types from: else update it by "vitest run --project unit -u" and this file', async () => {
    const text = `${JSON.stringify(apiDocument('0.0.0', operations), null, 2)}\n`
    await expect(text).toMatchFileSnapshot('../../../packages/adapters/client/openapi.json')
  })

  it.each([
    ['/networks', '/networks'],
    ['/networks/lan', '/networks/{network}'],
    ['/networks/lan?mode=native', '/networks/{network}'],
    ['/containers', '/containers'],
    ['/containers/web', '/containers/{container}'],
    ['/attachments', '/attachments'],
    ['/reservations', '/reservations'],
    ['/findings', '/findings'],
    ['/traffic', '/traffic'],
    ['/health', '/health'],
    ['/version', '/version'],
  ])('says what %s is answered with', async (path, route) => {
    const { paths, components } = await document()
    const schema = paths[route]?.['get']?.responses['200']?.content?.['application/json']?.schema
    const response = await ask(path)
    expect(response.status).toBe(200)
    const ajv = new Ajv2020({ strict: false })
    const valid = ajv.compile({ ...schema, components })
    const body = await response.json()
    expect([valid(body), valid.errors, body]).toEqual([true, null, body])
    expect(JSON.stringify(body)).not.toBe('{}')
  })

  it('says in which form an event is sent', async () => {
    const { paths, components } = await document()
    const type = paths['/events']?.['get']?.responses['200']?.content?.['text/event-stream']
    const ajv = new Ajv2020({ strict: false })
    const isSent = ajv.compile({ ...type?.schema, components })
    const isEvent = ajv.compile({ $ref: '#/components/schemas/Event', components })
    const event = { ID: '7', Time: '2026-01-31T12:00:00Z', Type: 'look-failed', Message: 'm' }
    const lines = renderEvent(event as HostEvent)
      .trimEnd()
      .split('\n')
    const fields = Object.fromEntries(lines.map((line) => line.split(/: (.*)/s)))
    expect([isSent(fields), isEvent(event), isEvent({})]).toEqual([true, true, false])
  })

  it('says what a failure is', async () => {
    const { paths, components } = await document()
    const schema =
      paths['/networks/{network}']?.['get']?.responses['default']?.content?.[
        'application/problem+json'
      ]?.schema
    const valid = new Ajv2020({ strict: false }).compile({ ...schema, components })
    const response = await ask('/networks/nowhere')
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    const body = await response.json()
    expect([response.status, valid(body), body]).toEqual([404, true, body])
    expect(body).toMatchObject({ code: 101, hint: expect.stringContaining('vethra network ls') })
  })
})

describe('what is wrong with a request', () => {
  const deep = '['.repeat(30_000)
  it.each<[string, RequestInit, number, unknown]>([
    ['/nowhere', {}, 404, { type: 'about:blank' }],
    ['/networks', { method: 'PUT' }, 405, { detail: '/networks takes GET, POST, HEAD' }],
    ['/networks/lan', { method: 'PATCH' }, 405, {}],
    ['/openapi.json', { method: 'DELETE' }, 405, {}],
    ['/networks', post('{'), 400, { code: 103, detail: 'the body is not JSON' }],
    ['/networks', post(''), 400, { code: 103 }],
    ['/networks', post(deep), 400, { code: 103 }],
    ['/networks', post('null'), 400, { code: 103 }],
    ['/networks', post('[]'), 400, { code: 103 }],
    ['/networks', post('"lan"'), 400, { code: 103 }],
    ['/networks', post('{"Name":7}'), 400, { causes: [expect.stringMatching(/^Name: /)] }],
    [
      '/networks',
      post('{"Name":"a","Nme":"b"}'),
      400,
      { causes: [expect.anything(), expect.stringMatching(/Nme/)] },
    ],
    ['/networks', post('{"Name":"a","__proto__":{"x":1}}'), 400, { code: 103 }],
    ['/networks', post('{"Name":"a","Driver":"vxlan"}'), 400, { code: 103 }],
    ['/networks', post('{"Name":"a","Subnets":"10.0.0.0/8"}'), 400, { code: 103 }],
    ['/networks', post('{}', 'text/plain'), 415, { hint: 'Send application/json.' }],
    ['/networks', post('{}', 'application/jsonp'), 415, {}],
    ['/networks', post(`"${'x'.repeat(bodyLimit)}"`), 413, {}],
    ['/networks/prune', post('{"Force":true}'), 400, { code: 103 }],
    ['/networks/prune', post('x'), 400, { code: 103 }],
    ['/networks?namespace=../x', {}, 400, { causes: [expect.stringMatching(/^namespace: /)] }],
    ['/networks?namespace=a&namespace=b', {}, 400, { code: 103 }],
    ['/networks?namespace=a--b', {}, 400, { causes: [expect.stringMatching(/^namespace: /)] }],
    ['/networks?namespace=a.', {}, 400, { causes: [expect.stringMatching(/^namespace: /)] }],
    ['/networks/lan?mode=other', {}, 400, { code: 103 }],
    ['/networks?filter=x', {}, 400, {}],
    ['/containers/..%2F..', {}, 400, { code: 103 }],
    ['/containers/%00', {}, 400, { code: 103 }],
    ['/containers/%ZZ', {}, 400, {}],
    ['/reservations/lan', { method: 'DELETE' }, 409, { code: 103 }],
    ['/reservations/lan?ip=10.4.1.2&id=a', { method: 'DELETE' }, 409, { code: 103 }],
    ['/reservations?network=', {}, 400, { causes: [expect.stringMatching(/^network: /)] }],
    ['/reservations?network=..', {}, 400, { causes: [expect.stringMatching(/^network: /)] }],
    ['/reservations/%C2%B6?id=a', { method: 'DELETE' }, 400, { code: 103 }],
    ['/attachments?network=', {}, 400, { causes: [expect.stringMatching(/^network: /)] }],
    ['/networks?filter=', {}, 400, { causes: [expect.stringMatching(/^filter: /)] }],
    ['/networks', post('{"Name":""}'), 400, { causes: [expect.stringMatching(/^Name: /)] }],
    ['/networks', post('{"Name":"host"}'), 400, { causes: [expect.stringMatching(/^Name: /)] }],
    [
      '/networks',
      post('{"Name":"back","Subnets":["10.0.0.0"]}'),
      400,
      { causes: [expect.stringMatching(/^Subnets/)] },
    ],
    // The document cannot say it: 409, as for anything that contradicts itself.
    ['/networks', post('{"Name":"back","Subnets":["10.0.0.1/8"]}'), 409, { code: 103 }],
    ['/networks', post('{"Name":"back","IPv4":false}'), 409, { code: 103 }],
    ['/networks/lan/connect', post('{"Container":""}'), 400, { code: 103 }],
    ['/networks/lan/disconnect', post('{"Container":""}'), 400, { code: 103 }],
    ['/networks/prune', { method: 'OPTIONS' }, 405, { detail: '/networks/prune takes POST' }],
    ['/reservations/lan?ip=10.4.1.9', { method: 'DELETE' }, 404, { code: 101 }],
    ['/reservations/a%2Fb', { method: 'DELETE' }, 400, {}],
    ['/events?after=-1', {}, 400, { code: 103 }],
    ['/events?after=x', { headers: { 'last-event-id': '0' } }, 400, { code: 103 }],
    ['/events', { headers: { 'last-event-id': 'x' } }, 400, { code: 103 }],
    ['/repair', post('{"DryRun":"yes"}'), 400, { code: 103 }],
  ])('%s %j', async (path, init, status, problem) => {
    const response = await ask(path, init)
    const body = (await response.json()) as Record<string, unknown>
    expect([response.status, body]).toEqual([status, body])
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(body).toMatchObject(problem as object)
    expect(body).toMatchObject({
      type: expect.any(String),
      title: expect.stringMatching(/./),
      status,
      detail: expect.stringMatching(/./),
    })
    expect(logged).toEqual([])
  })

  it('a body without a length is cut at the limit', async () => {
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += 16_384
        controller.enqueue(new Uint8Array(16_384))
      },
    })
    const init = { ...post(''), body, duplex: 'half' } as RequestInit
    expect((await ask('/networks', init)).status).toBe(413)
    expect(sent).toBeLessThan(18 * bodyLimit)
  })

  it('a bug of ours is logged with its stack, and told without its insides', async () => {
    const broken = async () => Promise.reject(new TypeError('insides'))
    api = { ...api, reconciler: { ...api.reconciler, findings: broken } }
    const response = await ask('/findings')
    expect([response.status, await response.text()]).toEqual([
      500,
      expect.not.stringMatching(/insides/),
    ])
    expect(logged.join()).toMatch(/TypeError: insides\\n/)
  })
})

describe('what is asked and done', () => {
  it('networks are filtered and shown as the commands show them', async () => {
    expect(await (await ask('/networks?filter=name=^l&filter=name=n$')).json()).toMatchObject([
      { Name: 'lan', ID: '0123456789abcdef', Managed: true },
    ])
    expect(await (await ask('/networks?filter=name=^x')).json()).toEqual([])
    expect(await (await ask('/networks?filter=until=2000-01-01T00:00:00Z')).json()).toEqual([])
  })

  it('a reservation is given back once, and told of', async () => {
    const request = () => ask('/reservations/lan?ip=10.4.1.2', { method: 'DELETE' })
    expect(await (await ask('/reservations')).json()).toMatchObject([{ Address: '10.4.1.2' }])
    expect(await (await request()).json()).toEqual(['10.4.1.2'])
    expect((await request()).status).toBe(404)
    expect((await api.events.after('0')).events).toMatchObject([
      { Type: 'reservation-released', Subject: '10.4.1.2' },
    ])
  })

  it('HEAD is answered without a body', async () => {
    const response = await ask('/networks', { method: 'HEAD' })
    expect([response.status, await response.text()]).toEqual([200, ''])
  })

  it('health is 503 until the host was looked at, and while it cannot be', async () => {
    const at = (last: ReturnType<Api['reconciler']['last']>) => {
      api = { ...api, reconciler: { ...api.reconciler, last: () => last } }
      return ask('/health')
    }
    const failure = Object.assign(new Error('no ip'), { code: 5 }) as never
    expect([(await at(undefined)).status, (await at(read)).status]).toEqual([503, 200])
    const failing = await at({ ...read, failure })
    expect([failing.status, await failing.json()]).toMatchObject([503, { Failure: 'no ip' }])
  })

  it('metrics count requests by operation, never by what was asked', async () => {
    await ask('/networks/lan')
    await ask('/networks/other')
    await ask('/x/y')
    const metrics = await (await ask('/metrics')).text()
    expect(metrics).toMatch(
      /^vethra_http_requests_total\{operation="inspectNetwork",status="404"\} 1$/m,
    )
    expect(metrics).toMatch(/^vethra_http_requests_total\{operation="none",status="404"\} 1$/m)
    expect(metrics).toMatch(/^vethra_networks 1$/m)
    expect(metrics).not.toMatch(/other|\/x\/y/)
  })
})
