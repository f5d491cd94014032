import type { MiddlewareHandler } from 'hono'
import { plainProblem, problemResponse } from './problem-response.ts'

/** The largest body that a request may have, in octets. A network with 256 of everything fits in. */
export const bodyLimit: number = 64 * 1024

/** Refuses what can't be the body of a request before anything looks at it: too long, of another type, no JSON. */
export const checkBody: MiddlewareHandler = async (context, next) => {
  const { req } = context
  if (req.method === 'GET' || req.method === 'HEAD') return next()
  const length = Number(req.header('content-length') ?? 0)
  const text = length > bodyLimit ? undefined : await readText(req.raw)
  if (text === undefined) {
    return problemResponse(plainProblem(413, `the body is larger than ${bodyLimit} octets`), {
      connection: 'close',
    })
  }
  if (req.method === 'POST' && text !== '') {
    const type = req.header('content-type') ?? ''
    if (!/^application\/json\s*(;|$)/i.test(type)) {
      return problemResponse(
        plainProblem(415, `the body is ${JSON.stringify(type)}`, 'Send application/json.'),
      )
    }
  }
  context.set('body', text)
  return next()
}

/** The text of a body; undefined when it is too long. What can't be read in full counts as empty: its sender has gone. */
async function readText(request: Request): Promise<string | undefined> {
  if (request.body === null) return ''
  const decoder = new TextDecoder()
  let text = ''
  let read = 0
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    read += chunk.length
    if (read > bodyLimit) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
