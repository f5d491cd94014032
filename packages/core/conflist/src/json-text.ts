import {
  type CniError,
  decodeError,
  endOfString,
  isNestedDeeper,
  type Json,
  parseJsonOr,
} from '@vethra/cni'
import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'

interface JsonText {
  readonly value: Json
  readonly text: string
}

interface Property {
  readonly key: string
  /** `"key": value`, as written. */
  readonly source: string
}

/** Reads strict JSON. Throws CniError 6: `what`, a colon, the fault with line and column; `unexpected end of JSON input`, as Go. */
export function readJson(text: string, what: string): JsonText {
  return { value: parseJsonOr(text, (cause) => broken(text, what, cause)), text }
}

/** The properties of the object that a text is, in the order written; duplicates are kept. Empty for any other value. */
export function properties({ text }: JsonText): readonly Property[] {
  return partsOf(text, '{').map((source) => ({ key: keyOf(source), source }))
}

/** The source of each element of the array under `key`; the last one counts when a key is repeated. Empty for any other value. */
export function elements(json: JsonText, key: string): readonly string[] {
  const source = properties(json).findLast((each) => each.key === key)?.source
  return source === undefined
    ? []
    : partsOf(source.slice(source.indexOf(':', endOfKey(source)) + 1), '[')
}

// jsonc-parser takes 2 ms of each ADD and DEL for this, in a process that is too short to be compiled.
function partsOf(text: string, opening: '{' | '['): readonly string[] {
  if (!text.trimStart().startsWith(opening)) return []
  const parts: string[] = []
  const marks = /["[\]{},]/g
  let [depth, from] = [0, 0]
  for (let mark = marks.exec(text); mark; mark = marks.exec(text)) {
    const [sign] = mark
    if (sign === '"') marks.lastIndex = endOfString(text, mark.index) + 1
    else if (sign === '{' || sign === '[') {
      depth += 1
      if (depth === 1) from = marks.lastIndex
    } else {
      if (depth === 1) {
        parts.push(text.slice(from, mark.index).trim())
        from = marks.lastIndex
      }
      if (sign !== ',') depth -= 1
    }
  }
  return parts.filter((part) => part !== '')
}

function keyOf(property: string): string {
  return JSON.parse(property.slice(0, endOfKey(property)))
}

function endOfKey(property: string): number {
  return endOfString(property, 0) + 1
}

function broken(text: string, what: string, cause: unknown): CniError {
  const faults: ParseError[] = []
  // The parser of faults goes as deep as the text does.
  if (!isNestedDeeper(text)) parseTree(text, faults, { disallowComments: true })
  const [fault] = faults
  const why = fault === undefined ? 'unreadable JSON' : reason(text, fault)
  return decodeError(`${what}: ${why}`, {
    hint: 'Correct the JSON there: it allows no byte order mark, no comments and no comma after the last element.',
    cause,
  })
}

function reason(text: string, { error, offset }: ParseError): string {
  const end = offset >= text.trimEnd().length
  const name = printParseErrorCode(error).replace(/([a-z])([A-Z])/g, '$1 $2')
  const lines = text.slice(0, end ? text.length : offset).split('\n')
  const place = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
  return `${end ? 'unexpected end of JSON input' : `invalid JSON: ${name.toLowerCase()}`} at ${place}`
}
