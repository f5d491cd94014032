import type { z } from '@hono/zod-openapi'
import type { Api } from './api.ts'

/** The parts of a request, checked. */
interface Input<P, Q, B, H> {
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly headers: H
}

/** One thing that the API does: the route, what it takes, what it answers with, and how. */
export interface Operation<P = unknown, Q = unknown, B = unknown, H = unknown> {
  /** `listNetworks`: unique, for generated clients. */
  readonly id: string
  readonly method: 'get' | 'post' | 'delete'
  /** With parameters in braces: `/networks/{network}`. */
  readonly path: string
  /** One sentence for the document. */
  readonly summary: string
  readonly params?: z.ZodType<P>
  readonly query?: z.ZodType<Q>
  readonly body?: z.ZodType<B>
  readonly headers?: z.ZodType<H>
  /** Default 200. */
  readonly status?: 200 | 201 | 204
  /** The answer's schema; absent for 204. */
  readonly answer?: z.ZodType
  /** Statuses other than `status` that have the same answer: 503 of a health that is not good. */
  readonly alike?: readonly number[]
  /** The media type of the answer. Default `application/json`. */
  readonly contentType?: string
  /** Whether those who ask for the same at the same time get one answer: for what costs more the more there is. */
  readonly shared?: boolean
  /** The answer, as JSON or whole. Throws CniError. */
  readonly run: (api: Api, input: Input<P, Q, B, H>) => Promise<unknown>
}

/** An operation by its id, its method and path, and all else. Its `run` is checked against its schemas; what calls it has checked the input. */
export function operation<P, Q, B, H>(
  id: string,
  route: `${Operation['method']} /${string}`,
  rest: Omit<Operation<P, Q, B, H>, 'id' | 'method' | 'path'>,
): Operation {
  const [method, path] = route.split(' ')
  return { id, method, path, ...rest } as unknown as Operation
}
