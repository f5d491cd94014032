import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Operation } from './operation.ts'
import { hostEvent, problem } from './schemas.ts'

const description =
  'The networks and containers of one host: the same objects as the commands print with --format json. Failures are problem details (RFC 9457).'

/** The groups of operations, and the first parts of their paths. */
const tags: readonly (readonly [name: string, of: string, ...paths: readonly string[]])[] = [
  ['networks', 'Networks, and the containers that are connected to them.', 'networks'],
  ['containers', 'Containers and their attachments.', 'containers', 'attachments'],
  ['addresses', 'Reserved addresses.', 'reservations'],
  [
    'host',
    'The host: findings, repairs, events, traffic.',
    'findings',
    'repair',
    'events',
    'traffic',
  ],
  ['daemon', 'The daemon itself.', 'health', 'version', 'metrics'],
]

const problems = {
  Invalid: 'The request is not what this document allows.',
  Missing: 'No such network, container or address.',
  Conflict: 'The request contradicts itself, or what is there.',
  TooLong: 'The body is longer than 64 KiB.',
  NotJson: 'The body is not JSON by its content type.',
  Failed: 'The failure, and the hint to it.',
}

/** Operations as an OpenAPI 3.1 document. */
export function apiDocument(version: string, operations: readonly Operation[]): object {
  const app = new OpenAPIHono()
  declareProblems(app.openAPIRegistry)
  app.openAPIRegistry.register('Event', hostEvent)
  for (const each of operations) app.openAPIRegistry.registerPath(describe(each))
  return app.getOpenAPI31Document(about(version))
}

// The answers to what fails, for all operations to name: each is a `Problem`.
function declareProblems(registry: OpenAPIHono['openAPIRegistry']): void {
  registry.register('Problem', problem)
  const content = {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  }
  for (const [name, description] of Object.entries(problems)) {
    registry.registerComponent('responses', name, { description, content })
  }
}

// The API's name and version, its server, its groups of operations.
function about(version: string) {
  const license = { name: 'Apache-2.0', identifier: 'Apache-2.0' }
  const server =
    'HTTP on a unix socket, /run/vethra/vethra.sock by default; the host of the URL is ignored.'
  return {
    openapi: '3.1.0' as const,
    info: { title: 'Vethra', version, description, license },
    servers: [{ url: 'http://vethra', description: server }],
    tags: tags.map(([name, description]) => ({ name, description })),
  }
}

// With each status that its route answers with.
function describe(each: Operation) {
  const { id, method, path, summary, params, query, headers, body } = each
  return createRoute({
    operationId: id,
    method,
    path,
    summary,
    tags: tags.flatMap(([name, , ...paths]) =>
      paths.includes(path.split('/')[1] ?? '') ? [name] : [],
    ),
    request: {
      ...(params ? { params: params as never } : {}),
      ...(query ? { query: query as never } : {}),
      ...(headers ? { headers: headers as never } : {}),
      ...(body
        ? { body: { required: true, content: { 'application/json': { schema: body } } } }
        : {}),
    },
    responses: { ...answers(each), ...failures(each) },
  })
}

function answers({ status = 200, alike = [], summary, answer, contentType }: Operation): object {
  const type = contentType?.split(';')[0] ?? 'application/json'
  const response = {
    description: summary,
    ...(answer ? { content: { [type]: { schema: answer } } } : {}),
  }
  return Object.fromEntries([status, ...alike].map((each) => [each, response]))
}

function failures({ method, params, query, body }: Operation): object {
  const takes = params ?? query ?? body
  const rows: readonly (readonly [number | 'default', keyof typeof problems, unknown])[] = [
    [400, 'Invalid', takes ?? method !== 'get'],
    [404, 'Missing', params],
    [409, 'Conflict', method !== 'get' || query],
    [413, 'TooLong', method !== 'get'],
    [415, 'NotJson', method !== 'get'],
    ['default', 'Failed', true],
  ]
  const due = rows.filter(([, , when]) => when)
  return Object.fromEntries(
    due.map(([status, name]) => [status, { $ref: `#/components/responses/${name}` }]),
  )
}
