/** The fields of a CniError. */
export interface CniErrorFields {
  /** A code of SPEC section 5, or one of ours from 100 up: see `errorCodes`. */
  readonly code: number
  /** The action and the object, in lower case: `cannot reserve 10.0.0.2 in network lan`. */
  readonly message: string
  /** The operator's way out: one imperative sentence. */
  readonly hint?: string | undefined
  /** More about the failure, as a plugin gave it. */
  readonly details?: string | undefined
  /** The error caught. An AggregateError when a teardown went on after failures. */
  readonly cause?: unknown
}

const brand = Symbol.for('@vethra/cni CniError')

/**
 * The one error of this monorepo. Callers switch on `code`, never on text. Anything else that is
 * thrown is a bug. `instanceof` holds for the errors of every copy of this package in the process.
 */
export class CniError extends Error {
  // Two versions in one node_modules, and the parts of the executable, each have a class of their own.
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value
  }

  readonly code: number
  readonly hint: string | undefined
  readonly details: string | undefined

  constructor(fields: CniErrorFields) {
    super(fields.message, fields.cause === undefined ? undefined : { cause: fields.cause })
    this.name = 'CniError'
    this.code = fields.code
    this.hint = fields.hint
    this.details = fields.details
    Object.defineProperty(this, brand, { value: true })
  }
}

/** The CniError 103 for a wrong command line or setting. */
export function usageError(message: string, hint?: string, cause?: unknown): CniError {
  return new CniError({ code: 103, message, hint, cause })
}
