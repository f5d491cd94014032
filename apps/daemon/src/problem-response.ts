import { type Problem, problemOf } from '@vethra/api'
import { CniError, present } from '@vethra/cni'
import type { Logger } from 'pino'

/** A problem as an answer (RFC 9457). */
export function problemResponse(problem: Problem, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  })
}

/**
 * The answer to a failure. An error that is no CniError is a bug of ours: the log has it whole, the
 * answer has no details.
 */
export function failureResponse(error: unknown, log: Logger): Response {
  if (error instanceof CniError) {
    const problem = problemOf(error)
    log[problem.status >= 500 ? 'error' : 'debug']({ problem }, 'request failed')
    return problemResponse(problem)
  }
  log.error({ err: error }, 'bug in the daemon')
  return problemResponse(plainProblem(500, 'a bug in the daemon: its log says more'))
}

/** A problem that the status says it all of. */
export function plainProblem(status: number, detail: string, hint?: string): Problem {
  return {
    type: 'about:blank',
    title: titles[status] ?? 'Error',
    status,
    detail,
    ...present({ hint }),
  }
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
}
