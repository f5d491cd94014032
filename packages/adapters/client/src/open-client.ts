import { errorOf, type Problem } from '@vethra/api'
import createClient from 'openapi-fetch'
import type { paths } from './api-types.ts'
import type { Client, Method } from './client.ts'
import { stranger } from './failures.ts'
import { followEvents } from './follow-events.ts'
import { socketFetch } from './socket-fetch.ts'

/** Where the daemon listens. */
export interface ClientOptions {
  /** The path of its unix socket. Default `/run/vethra/vethra.sock`. */
  readonly socket?: string
}

/** The daemon at a socket: nothing is asked, nor looked for, before the first call. */
export function openClient({ socket = '/run/vethra/vethra.sock' }: ClientOptions = {}): Client {
  const fetch = socketFetch(socket)
  const api = createClient<paths>({ baseUrl: 'http://vethra', fetch })
  const send = api.request as unknown as Send
  const call =
    (method: Method) =>
    async (path: string, request: object = {}): Promise<unknown> => {
      const { response, error } = await send(method, path, { ...request, parseAs: 'stream' })
      const type = response.headers.get('content-type') ?? ''
      if (isProblem(type, error)) throw errorOf(error)
      // A health that is not good is an answer, too: the document has it under 503.
      if (error !== undefined) {
        if (typeof error === 'string') throw stranger(socket)
        return error
      }
      if (response.status === 204) return undefined
      const text = await response.text()
      if (!type.startsWith('application/json')) return text
      try {
        return JSON.parse(text)
      } catch (cause) {
        throw stranger(socket, cause)
      }
    }
  const client = { get: call('get'), post: call('post'), delete: call('delete') }
  return {
    ...(client as unknown as Pick<Client, Method>),
    events: (options = {}) => followEvents(fetch, options, socket),
  }
}

// The types of openapi-fetch need the path as a literal, which only callers of `get` have.
type Send = (
  method: Method,
  path: string,
  request: object,
) => Promise<{ readonly response: Response; readonly error?: unknown }>

function isProblem(type: string, error: unknown): error is Problem {
  return type.startsWith('application/problem+json') && typeof error === 'object' && error !== null
}
