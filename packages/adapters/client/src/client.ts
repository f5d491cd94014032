import type { HostEvent } from '@vethra/api'
import type {
  ClientPathsWithMethod,
  MaybeOptionalInit,
  Client as OpenApiClient,
} from 'openapi-fetch'
import type { paths } from './api-types.ts'
import type { EventOptions } from './follow-events.ts'

/** The methods that the API has. */
export type Method = 'get' | 'post' | 'delete'

type Api = OpenApiClient<paths>
type Path<M extends Method> = ClientPathsWithMethod<Api, M>
type Content<Answer> = Answer extends { readonly content: infer C } ? C[keyof C] : never
type Answer<Operation> = Operation extends { readonly responses: infer R }
  ? R extends { readonly 204: unknown }
    ? undefined
    : Content<R[keyof R & (200 | 201)]>
  : never

/** Sends a request by the document's `params` and `body`; returns JSON, text or undefined. Throws the daemon's CniError, or 101, 5, 6. */
export type Call<M extends Method> = <
  P extends Path<M>,
  Request extends MaybeOptionalInit<paths[P], M>,
>(
  path: P,
  ...request: undefined extends Request ? [request?: Request] : [request: Request]
) => Promise<Answer<paths[P][M]>>

/** The daemon at one socket. Holds no connection while nothing is asked. */
export interface Client {
  readonly get: Call<'get'>
  readonly post: Call<'post'>
  readonly delete: Call<'delete'>
  /** Events of the host, in order, each once. A loop over them ends by `break` or by the signal. Throws as a call does. */
  events(options?: EventOptions): AsyncIterable<HostEvent>
}
