import { CniError, errorName, explain } from '@vethra/cni'

/** A failure as problem details (RFC 9457), with the fields of our errors. */
export interface Problem {
  /** `urn:vethra:error:101`, or `about:blank` where the status says it all. */
  readonly type: string
  readonly title: string
  /** The HTTP status. */
  readonly status: number
  /** The failure, in one sentence. */
  readonly detail: string
  /** The code of the CniError. */
  readonly code?: number
  /** The hint to the failure. */
  readonly hint?: string
  /** Why it failed, innermost last. */
  readonly causes?: readonly string[]
}

/** The problem that a CniError is. */
export function problemOf(error: CniError): Problem {
  const lines = explain(error).slice(1)
  const causes = linesAfter(lines, '  caused by: ')
  const hints = linesAfter(lines, '  hint: ')
  return {
    type: `urn:vethra:error:${error.code}`,
    title: errorName(error.code),
    status: statuses[error.code] ?? 500,
    detail: error.details ? `${error.message}: ${error.details}` : error.message,
    code: error.code,
    ...(hints.length > 0 ? { hint: hints.join(' ') } : {}),
    ...(causes.length > 0 ? { causes } : {}),
  }
}

// By code: what the caller got wrong, and what is in the way; all else failed here.
const statuses: Readonly<Record<number, number>> = {
  4: 400,
  11: 503,
  50: 503,
  51: 503,
  101: 404,
  102: 409,
  103: 400,
  104: 504,
  105: 503,
  107: 400,
}

/** The CniError of a problem, for a client to throw; code 999 for any other error. */
export function errorOf({ detail, title, code = 999, hint, causes = [] }: Problem): CniError {
  const inner = causes.map((message) => new Error(message))
  return new CniError({
    code,
    message: detail || title,
    hint,
    ...(inner.length === 0 ? {} : { cause: new AggregateError(inner) }),
  })
}

function linesAfter(lines: readonly string[], prefix: string): readonly string[] {
  return lines.filter((line) => line.startsWith(prefix)).map((line) => line.slice(prefix.length))
}
