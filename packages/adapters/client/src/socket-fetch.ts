import { request as httpRequest, type IncomingMessage } from 'node:http'
import { cutOff, unreachable } from './failures.ts'

/** Sends a request, and resolves as soon as the head of the answer is there. */
export type Fetch = (request: Request) => Promise<Response>

/** A fetch over a unix socket for Node and bun. Rejects with CniError 101 when nobody listens or a body is cut, 5 when it may not be opened. */
export function socketFetch(socketPath: string): Fetch {
  return async (request) => {
    const { method, signal } = request
    const { pathname, search } = new URL(request.url)
    const body = await request.text()
    const headers = {
      ...Object.fromEntries(request.headers),
      ...(body === '' ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
    }
    const path = pathname + search
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      // A connection that is kept would be one to a daemon that has been replaced since.
      const options = { socketPath, path, method, headers, signal, agent: false } as const
      const sent = httpRequest(options, resolve)
      sent.once('error', (cause) => {
        reject(signal.aborted ? signal.reason : unreachable(socketPath, cause))
      })
      sent.end(body)
    })
    return responseOf(answer, socketPath)
  }
}

function responseOf(answer: IncomingMessage, socket: string): Response {
  const { statusCode = 500, headers } = answer
  const type = headers['content-type'] ?? ''
  const init = { status: statusCode, headers: { 'content-type': type } }
  if (statusCode === 204) {
    answer.resume()
    return new Response(null, init)
  }
  const chunks = answer[Symbol.asyncIterator]()
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next()
        if (done) controller.close()
        else controller.enqueue(value)
      } catch (cause) {
        controller.error(cutOff(socket, cause))
      }
    },
    cancel: () => void answer.destroy(),
  })
  return new Response(body, init)
}
