import { type CniError, decodeError, isNestedDeeper } from '@vethra/cni'
import { type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser'
import { hasLargerObject } from './json-places.ts'

const longest = 16 * 1024 * 1024
const deepest = 100
// One object of half a million takes JSON.parse a second; a real one has some hundred.
const mostMembers = 100_000

/** The JSON value of a config.json. Throws CniError 6 for no JSON (line and column), no UTF-8, or beyond the bounds of any real one. */
export function parseConfigText(text: string): unknown {
  if (text.length > longest) throw undecodable(`it is longer than ${longest} characters`)
  if (isNestedDeeper(text, deepest)) throw undecodable(`it is nested deeper than ${deepest} levels`)
  if (hasLargerObject(text, mostMembers))
    throw undecodable(`it has an object of more than ${mostMembers} members`)
  // Written back it would be another config.json.
  if (text.includes('\ufffd'))
    throw decodeError(
      'cannot decode config.json: it has octets that are not UTF-8, or U+FFFD in place of some',
      'Write it in UTF-8, and U+FFFD as \\ufffd.',
    )
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw undecodable(firstFault(text), cause)
  }
}

function firstFault(text: string): string {
  let first: { readonly code: ParseErrorCode; readonly offset: number } | undefined
  const onError = (code: ParseErrorCode, offset: number) => {
    first ??= { code, offset }
  }
  visit(text, { onError }, { disallowComments: true })
  if (first === undefined) return 'it is not JSON'
  const before = text.slice(0, first.offset).split('\n')
  const column = (before.at(-1)?.length ?? 0) + 1
  return `line ${before.length}, column ${column}: ${printParseErrorCode(first.code)}`
}

function undecodable(fault: string, cause?: unknown): CniError {
  return decodeError(`cannot decode config.json: ${fault}`, {
    hint: 'Make the bundle again, for example with "runc spec".',
    cause,
  })
}
