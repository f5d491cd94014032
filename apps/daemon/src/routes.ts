import { OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from 'pino'
import { answer } from './answer.ts'
import type { Api } from './api.ts'
import { containerOperations } from './container-operations.ts'
import { daemonOperations } from './daemon-operations.ts'
import { apiDocument } from './document.ts'
import { networkOperations } from './network-operations.ts'
import type { Operation } from './operation.ts'
import { failureResponse, plainProblem, problemResponse } from './problem-response.ts'
import { checkBody } from './request-body.ts'

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
    app.on(each.method.toUpperCase(), each.path.replaceAll(parameter, ':$1'), async (context) => {
      const response = await answer(api, each, context).catch((error: unknown) =>
        failureResponse(error, log),
      )
      count(api, each.id, response.status)
      return response
    })
  }
  let document: string | undefined
  app.get('/openapi.json', (context) => {
    document ??= JSON.stringify(apiDocument(api.version, operations))
    return context.body(document, 200, { 'content-type': 'application/json' })
  })
  app.notFound(({ req }) => {
    const response = unknown(req.path)
    count(api, 'none', response.status)
    return response
  })
  app.onError((error) => failureResponse(error, log))
  return { fetch: async (request) => app.fetch(request) }
}

function unknown(path: string): Response {
  const matching = operations.filter((each) =>
    new RegExp(`^${each.path.replaceAll(parameter, '[^/]+')}$`).test(path),
  )
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

const parameter = /\{(\w+)\}/g
