import {
  type CniError,
  decodeError,
  endOfString,
  type Json,
  jsonFault,
  parseJsonOr,
} from '@vethra/cni'

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

// A parser of JSON with places takes 2 ms of each ADD and DEL for this, in a process that is too short to be compiled.
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
  return decodeError(`${what}: ${jsonFault(text)}`, {
    hint: 'Correct the JSON there: it allows no comments and no comma after the last element.',
    cause,
  })
}
