import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { ioError, type Json } from '@vethra/cni'

/** One request to a Unix socket. */
interface Question {
  readonly socketPath: string
  readonly method: string
  readonly path: string
  readonly timeoutMs: number
  readonly body?: Json
}

/** The answer of an HTTP server. */
export interface Answer {
  readonly status: number
  readonly text: string
}

/** So many characters of an answer are read: some ten thousand ports. */
const largest = 4 * 1024 * 1024

/** Asks an HTTP server at a Unix socket. Throws CniError 5 when it does not answer in time, or too much. */
export function ask({ socketPath, method, path, timeoutMs, body }: Question): Promise<Answer> {
  const text = body === undefined ? '' : JSON.stringify(body)
  const headers = {
    host: 'rootlesskit',
    connection: 'close',
    ...(text === ''
      ? {}
      : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
  }
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) =>
      reject(
        ioError(`no answer from RootlessKit at ${socketPath}`, {
          hint: 'Where its socket is gone, end that RootlessKit and start it again: "vethra rootless check" inside of it says more.',
          cause,
        }),
      )
    const signal = AbortSignal.timeout(timeoutMs)
    const asked = request({ socketPath, method, path, headers, signal }, (answer) => {
      const parts: string[] = []
      let length = 0
      answer.setEncoding('utf8')
      answer.on('error', fail)
      answer.on('data', (part: string) => {
        length += part.length
        if (length > largest) asked.destroy(new Error(`more than ${largest} characters`))
        else parts.push(part)
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: parts.join('') }))
    })
    asked.on('error', fail)
    asked.end(text)
  })
}

/** The same, and for a second again where nobody listens yet: RootlessKit starts its child before its API. */
export async function askPatiently(question: Question): Promise<Answer> {
  for (let left = 10; left > 0; left -= 1) {
    try {
      return await ask(question)
    } catch (error) {
      if (!isNotYet(error)) throw error
      await sleep(100)
    }
  }
  return ask(question)
}

function isNotYet(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
  return code === 'ENOENT' || code === 'ECONNREFUSED'
}
