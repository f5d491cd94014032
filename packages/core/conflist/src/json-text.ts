import { CniError, type Json } from '@vethra/spec'
import { jsonFault } from './json-fault.ts'

// By hand, not by a library for JSON with places: loading one costs the hook's start 2 ms, and only a
// text that is not JSON needs more than its uppermost members.

/** A JSON text that has been read. */
export interface JsonText {
  readonly value: Json
  readonly text: string
}

/** A property of an object as it stands in a text. */
export interface Property {
  readonly key: string
  /** `"key": value`, as written. */
  readonly source: string
  /** The value alone, as written. */
  readonly value: string
}

/**
 * Reads strict JSON. Throws CniError 6 whose message is `what`, a colon and the fault with its line
 * and column; a text that ends early says `unexpected end of JSON input`, as Go does.
 */
export function readJson(text: string, what: string): JsonText {
  try {
    return { value: JSON.parse(text), text }
  } catch (cause) {
    throw broken(text, what, cause)
  }
}

/** The properties of the object that a text is, in the order written; duplicates are kept. Empty for any other value. */
export function properties({ value, text }: JsonText): readonly Property[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return members(text).map((source) => {
    const [, key = '""', written = ''] = property.exec(source) ?? []
    return { key: JSON.parse(key), source, value: written }
  })
}

/** The source of each element of the array under `key`; the last one counts when a key stands twice. Empty for any other value. */
export function elements(json: JsonText, key: string): readonly string[] {
  let found = ''
  for (const each of properties(json)) if (each.key === key) found = each.value
  return found.startsWith('[') ? members(found) : []
}

const property = /^("[^"\\]*(?:\\.[^"\\]*)*")\s*:\s*([\s\S]*)$/
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g

// What stands between the commas of an object or array, whose text is known to be JSON.
function members(text: string): readonly string[] {
  const found: string[] = []
  let depth = 0
  let start = -1
  let end = 0
  token.lastIndex = 0
  // Not by matchAll, which costs each start of a hook 0.15 ms to get ready.
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const { 0: each, index } = match
    if (each === '}' || each === ']') depth -= 1
    const ends = (each === ',' && depth === 1) || depth === 0
    if (ends && start >= 0) found.push(text.slice(start, end))
    if (ends) start = -1
    else if (start < 0 && depth > 0) start = index
    if (each === '{' || each === '[') depth += 1
    end = index + each.length
  }
  return found
}

function broken(text: string, what: string, cause: unknown): CniError {
  const fault = jsonFault(text)
  const end = fault !== undefined && fault.offset >= text.trimEnd().length
  const lines = text.slice(0, fault?.offset ?? text.length).split('\n')
  const where = `line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`
  const why = end ? 'unexpected end of JSON input' : `invalid JSON: ${fault?.why ?? 'unreadable'}`
  return new CniError({
    code: 6,
    message: `${what}: ${why} at ${where}`,
    hint: 'Correct the JSON there: it allows no comments and no comma after the last element.',
    ...(fault === undefined ? { cause } : {}),
  })
}
