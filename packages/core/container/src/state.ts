import {
  type CniError,
  checkContainerId,
  checkPathComponent,
  decodeError,
  goField,
  invalidFileError,
  isObject,
  type Json,
  orElse,
  parseJsonOr,
  passes,
} from '@vethra/cni'
import { firstFalse, isPath, isText } from './facts.ts'

/** The state that an OCI runtime writes to a hook's standard input (OCI runtime-spec, runtime.md, "State"). */
export interface OciState {
  readonly ociVersion: string
  readonly id: string
  readonly status: string
  /** 0 when there is no process any more. */
  readonly pid: number
  /** The bundle's folder; absolute. */
  readonly bundle: string
  readonly annotations: Readonly<Record<string, string>>
}

/** The state in a text. Throws CniError 6 for no JSON, as `parseJsonOr` has it, 107 naming the key that is invalid. */
export function parseState(json: string): OciState {
  const value = decode(json)
  const wrong = isObject(value) ? faultOf(value) : 'the whole must be object'
  if (wrong !== undefined) throw untrusted(wrong)
  const { ociVersion, id, status, pid = 0, bundle, annotations } = value as unknown as OciState
  checkId(id)
  return { ociVersion, id, status, pid, bundle, annotations: annotations ?? {} }
}

function faultOf(state: Partial<Record<keyof OciState, unknown>>): string | undefined {
  const { ociVersion, id, status, pid = 0, bundle } = state
  const annotations = state.annotations ?? {}
  const texts = Object.entries(annotations).map(([key, value]) => [
    `annotations[${JSON.stringify(key.slice(0, 64))}] must be string`,
    isText(value),
  ])
  return firstFalse({
    'ociVersion must be string': isText(ociVersion),
    'id must be string': isText(id),
    'status must be string': isText(status),
    'pid must be int, 0 or more': Number.isSafeInteger(pid) && Number(pid) >= 0,
    'bundle must be an absolute path': isPath(bundle),
    'annotations must be object': isObject(annotations),
    ...Object.fromEntries(texts),
  })
}

/** The id in a text that `parseState` refuses, where it can be one: for saying in its log what was wrong. */
export function idInState(json: string): string | undefined {
  const id = orElse(() => goField(decode(json), 'id'), undefined)
  return typeof id === 'string' && passes(() => checkId(id)) ? id : undefined
}

function decode(json: string): Json {
  if (json.trim() === '') throw undecodable('it is empty')
  return parseJsonOr(json, (cause) => undecodable('it is not JSON', cause))
}

function checkId(id: string): void {
  try {
    checkContainerId(id)
    checkPathComponent('container id', id)
  } catch (cause) {
    throw untrusted('id cannot be', cause)
  }
}

function undecodable(fault: string, cause?: unknown): CniError {
  return decodeError(`cannot decode the container state on standard input: ${fault}`, {
    hint: 'Let an OCI runtime call the hook, or pipe it the output of "runc state ID".',
    cause,
  })
}

function untrusted(fault: string, cause?: unknown): CniError {
  return invalidFileError(`the container state on standard input is invalid: ${fault}`, { cause })
}
