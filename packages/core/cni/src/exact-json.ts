import type { Json } from './json.ts'
import { checkBounds } from './parse-json.ts'

// "JSON.parse source text access" of ECMAScript: TypeScript has no types for it yet.
const { parse, rawJSON } = JSON as unknown as {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { readonly source: string }) => unknown,
  ): Json
  rawJSON(source: string): unknown
}

// What JavaScript may spell otherwise. A text in quotation marks may look so, too, which costs time alone; a MAC does not: a
// thousand cached results have three each.
const unusualNumber = /(?:^|[:,[])\s*(?:-0|-?\d{16}|-?\d{1,15}(?:\.|[eE][-+\d]))/

/** The value of a JSON text to be written again: numbers are written as they were. Throws SyntaxError within the bounds of `parseJson`. */
export function parseExactly(text: string, depth?: number): Json {
  checkBounds(text, depth)
  if (!unusualNumber.test(text)) return JSON.parse(text)
  return parse(text, (_, value, { source }) =>
    typeof value === 'number' && String(value) !== source ? rawJSON(source) : value,
  )
}
