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

/** The one error of this monorepo; callers switch on `code`. Anything else thrown is a bug. `instanceof` holds for every copy of this package. */
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

// Beside the message: a hint alone, or several fields by name.
type More = string | Omit<CniErrorFields, 'code' | 'message'>
type MakeError = (message: string, more?: More) => CniError

/** CniError 5: I/O failure. */
export const ioError: MakeError = withCode(5)

/** CniError 6: failed to decode content. */
export const decodeError: MakeError = withCode(6)

/** CniError 7: invalid network configuration. */
export const confError: MakeError = withCode(7)

/** CniError 8: invalid network namespace. */
export const netnsError: MakeError = withCode(8)

/** CniError 100: a required program or plugin is missing. */
export const noProgramError: MakeError = withCode(100)

/** CniError 101: the thing named does not exist. */
export const notFoundError: MakeError = withCode(101)

/** CniError 102: the thing named exists already or is in use. */
export const inUseError: MakeError = withCode(102)

/** CniError 103: the command line or a setting is wrong. */
export const usageError: MakeError = withCode(103)

/** CniError 107: an annotation, a bundle or a stored file is invalid. */
export const invalidFileError: MakeError = withCode(107)

/** CniError 108: the host is in an unexpected state. */
export const hostError: MakeError = withCode(108)

/** CniError 101 for a network that no conf list defines. `hint`: by default how to find or restore one. */
export function unknownNetwork(
  ref: string,
  hint = 'List the networks with "vethra network ls"; "vethra doctor --repair" restores one that nerdctl removed.',
): CniError {
  return notFoundError(`no such network: ${JSON.stringify(ref)}`, hint)
}

/** The error of work that went on after failures: undefined for none, the only one, or CniError 106 with all of them as its cause. */
export function oneOrAll<E>(
  errors: readonly E[],
  message: string,
  hint?: string,
): E | CniError | undefined {
  if (errors.length < 2) return errors[0]
  return new CniError({ code: 106, message, hint, cause: new AggregateError(errors) })
}

function withCode(code: number): MakeError {
  return (message, more) => {
    const fields = typeof more === 'string' ? { hint: more } : more
    return new CniError({ code, message, ...fields })
  }
}
