import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import { answer } from './answer.ts'
import type { Api } from './api.ts'
import { containerOperations } from './container-operations.ts'
import { daemonOperations } from './daemon-operations.ts'
import { networkOperations } from './network-operations.ts'
import type { Operation } from './operation.ts'
import { failureResponse, plainProblem, problemResponse } from './problem-response.ts'
import { checkBody } from './request-body.ts'
import { problem } from './schemas.ts'

/** Everything that the API does, in the order of its document. */
export const operations: readonly Operation[] = [
  ...networkOperations,
  ...containerOperations,
  ...daemonOperations,
]

/** The API: requests to answers. Every error becomes a problem. */
export function routes(api: Api, log: Logger): { fetch(request: Request): Promise<Response> } {
  const app = new OpenAPIHono<{ Variables: { body: string } }>()
  app.use(checkBody)
  for (const each of operations) {
    app.openAPIRegistry.registerPath(describe(each))
    app.on(each.method.toUpperCase(), honoPath(each.path), async (context) => {
      const response = await answer(api, each, context).catch((error: unknown) =>
        failureResponse(error, log),
      )
      count(api, each.id, response.status)
      return response
    })
  }
  const about = { title: 'Vethra', version: api.version, description }
  app.doc31('/openapi.json', { openapi: '3.1.0', info: about })
  app.notFound(({ req }) => {
    const response = unknown(req.path)
    count(api, 'none', response.status)
    return response
  })
  app.onError((error) => failureResponse(error, log))
  return { fetch: async (request) => app.fetch(request) }
}

const description =
  'The networks and containers of one host: the same objects as the commands print with --format json. Failures are problem details (RFC 9457).'

function describe(each: Operation): ReturnType<typeof createRoute> {
  const { id, method, path, summary, params, query, body, status, answer: schema } = each
  const type = each.contentType?.split(';')[0] ?? 'application/json'
  const failure = {
    description: 'The failure, and the hint to it.',
    content: { 'application/problem+json': { schema: problem } },
  }
  return createRoute({
    operationId: id,
    method,
    path,
    summary,
    request: {
      ...(params ? { params: params as never } : {}),
      ...(query ? { query: query as never } : {}),
      ...(body
        ? { body: { required: true, content: { 'application/json': { schema: body } } } }
        : {}),
    },
    responses: {
      [status]: {
        description: summary,
        ...(schema ? { content: { [type]: { schema } } } : {}),
      },
      default: failure,
    },
  })
}

function unknown(path: string): Response {
  const matching = operations.filter((each) => patternOf(each.path).test(path))
  const exact = matching.filter((each) => each.path === path)
  const allowed = (exact.length > 0 ? exact : matching).map((each) => each.method.toUpperCase())
  if (path === '/openapi.json') allowed.push('GET')
  if (allowed.length === 0) {
    const hint = 'See /openapi.json for the paths.'
    return problemResponse(plainProblem(404, `there is no ${path.slice(0, 200)}`, hint))
  }
  const methods = [...new Set(allowed.includes('GET') ? [...allowed, 'HEAD'] : allowed)].join(', ')
  return problemResponse(plainProblem(405, `${path.slice(0, 200)} takes ${methods}`), {
    allow: methods,
  })
}

function count({ tally }: Api, operation: string, status: number): void {
  tally.count('vethra_http_requests_total', { operation, status: String(status) })
}

function honoPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
}
