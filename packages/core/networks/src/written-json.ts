/** A JSON value to be written; objects are maps, because their keys are written in the given order, `"10"` before `"2"` too. */
export type Written = string | number | boolean | readonly Written[] | ReadonlyMap<string, Written>

/** An object with these members, in this order; those that are `undefined` are left out. */
export function members(
  pairs: readonly (readonly [string, Written | undefined])[],
): ReadonlyMap<string, Written> {
  return new Map(pairs.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
}

/** The same members by key, in the order of their octets, as Go writes maps. */
export function sortedMembers(
  pairs: readonly (readonly [string, Written | undefined])[],
): ReadonlyMap<string, Written> {
  return members([...pairs].sort(([a], [b]) => comparePoints(a, b)))
}

/** JSON as Go's encoding/json writes it: HTML characters escaped, and, with an indent, empty objects and arrays closed at once. */
export function writeJson(value: Written, indent = ''): string {
  if (value instanceof Map) {
    const space = indent === '' ? '' : ' '
    const parts = [...value].map(([key, each]) => `${text(key)}:${space}${nested(each, indent)}`)
    return group(['{', '}'], parts, indent)
  }
  if (isList(value)) {
    const parts = value.map((each) => nested(each, indent))
    return group(['[', ']'], parts, indent)
  }
  return typeof value === 'string' ? text(value) : String(value)
}

function nested(value: Written, indent: string): string {
  return indent === '' ? writeJson(value) : writeJson(value, indent).replaceAll('\n', `\n${indent}`)
}

type Brackets = readonly [open: string, close: string]

function group([open, close]: Brackets, parts: readonly string[], indent: string): string {
  if (parts.length === 0) return open + close
  if (indent === '') return open + parts.join(',') + close
  return `${open}\n${parts.map((part) => indent + part).join(',\n')}\n${close}`
}

function text(value: string): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function isList(value: Written): value is readonly Written[] {
  return Array.isArray(value)
}

// UTF-8 octets sort as code points do, UTF-16 units do not.
function comparePoints(a: string, b: string): number {
  const left = [...a]
  const right = [...b]
  const index = left.findIndex((character, each) => character !== right[each])
  if (index === -1) return left.length - right.length
  return (left[index]?.codePointAt(0) ?? 0) - (right[index]?.codePointAt(0) ?? -1)
}
