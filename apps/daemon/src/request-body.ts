import type { MiddlewareHandler } from 'hono'
import { plainProblem, problemResponse } from './problem-response.ts'

/** The largest body that a request may have, in octets. A network with 256 of everything fits in. */
export const bodyLimit: number = 64 * 1024

/** How much of a body that is too large is read all the same, in octets: who is still writing when the connection ends never reads the answer. */
const drainLimit = 16 * bodyLimit

/** Refuses what can't be the body of a request before anything looks at it: too long, cut short, of another type. */
export const checkBody: MiddlewareHandler = async (context, next) => {
  const { req } = context
  if (req.method === 'GET' || req.method === 'HEAD') return next()
  const body = await read(req.raw)
  if (body === 'cut') return problemResponse(plainProblem(400, 'the body ends too early'))
  if (body === 'long') {
    const problem = plainProblem(413, `the body is larger than ${bodyLimit} octets`)
    return problemResponse(problem, { connection: 'close' })
  }
  const type = req.header('content-type') ?? ''
  if (body.text !== '' && !/^application\/json\s*(;|$)/i.test(type)) {
    const problem = plainProblem(
      415,
      `the body is ${JSON.stringify(type)}`,
      'Send application/json.',
    )
    return problemResponse(problem)
  }
  context.set('body', body.text)
  return next()
}

async function read(request: Request): Promise<{ readonly text: string } | 'long' | 'cut'> {
  if (request.body === null) return { text: '' }
  const decoder = new TextDecoder()
  let text = ''
  let length = 0
  try {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      length += chunk.length
      if (length > drainLimit) return 'long'
      if (length <= bodyLimit) text += decoder.decode(chunk, { stream: true })
    }
  } catch {
    // Whatever it is called, its sender has gone: there is nobody left to be told more.
    return 'cut'
  }
  return length > bodyLimit ? 'long' : { text: text + decoder.decode() }
}
