import { z } from '@hono/zod-openapi'
import { problemOf } from '@vethra/api'
import { CniError, parseJson } from '@vethra/cni'
import type { Context } from 'hono'
import type { Api } from './api.ts'
import type { Operation } from './operation.ts'
import { problemResponse } from './problem-response.ts'

/** Answers one request by its operation. Throws CniError 103 for what the request got wrong. */
export async function answer(
  api: Api,
  operation: Operation,
  context: Context<{ Variables: { body: string } }>,
): Promise<Response> {
  const { params, query, headers, body, status = 200, run } = operation
  const { req } = context
  const input = {
    params: checked('the path', params, req.param()),
    query: checked('the query', query, queryOf(context)),
    headers: checked('a header', headers, req.header()),
    body: bodyOf(body, context.get('body')),
  }
  const work = operation.shared
    ? api.together(`${operation.id} ${JSON.stringify(input)}`, () => run(api, input))
    : run(api, input)
  const value = await work.catch(conflict)
  if (value instanceof Response) return value
  if (status === 204) return new Response(null, { status })
  const type = operation.contentType
  return type === undefined
    ? Response.json(value, { status })
    : new Response(String(value), { status, headers: { 'content-type': type } })
}

// What is as the document wants it, and refused all the same, contradicts itself or what there is.
function conflict(error: unknown): Response {
  if (!(error instanceof CniError)) throw error
  const problem = problemOf(error)
  if (problem.status !== 400) throw error
  return problemResponse({ ...problem, status: 409 })
}

// Once a text, several times an array.
function queryOf({ req }: Context): Readonly<Record<string, unknown>> {
  const given = Object.entries(req.queries()).map(([key, values]) => [
    key,
    values.length === 1 ? values[0] : values,
  ])
  return Object.fromEntries(given)
}

// What takes no body is not done for one that says something.
function bodyOf(schema: z.ZodType | undefined, text: string | undefined): unknown {
  if (schema === undefined && (text === undefined || text === '')) return {}
  return checked('the body', schema ?? z.strictObject({}), parse(text ?? ''))
}

function parse(text: string): unknown {
  try {
    return parseJson(text)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw invalid('the body is not JSON', [why])
  }
}

function checked(where: string, schema: z.ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return {}
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.slice(0, 20).map(({ path, message }) => {
    const place = path.map(String).join('.').slice(0, 200)
    return place === '' ? message.slice(0, 500) : `${place}: ${message.slice(0, 500)}`
  })
  throw invalid(`${where} is not as it must be`, faults)
}

function invalid(message: string, faults: readonly string[]): CniError {
  return new CniError({
    code: 103,
    message,
    hint: 'See /openapi.json for the fields of each request.',
    cause: new AggregateError(faults.map((each) => new Error(each))),
  })
}
