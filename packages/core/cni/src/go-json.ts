import type { Json } from './json.ts'

/** The name that Go's encoding/json gives the type of a value: libcni prints it in its errors. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  const names: Record<string, string> = {
    number: 'float64',
    boolean: 'bool',
    string: 'string',
    object: 'map[string]interface {}',
  }
  return names[typeof value] ?? typeof value
}

/** The value under the last key of an object that is `key`, whatever the case of its letters: how Go fills a struct. */
export function goField(value: Json | undefined, key: string): Json | undefined {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return undefined
  const object = value as { readonly [key: string]: Json }
  let last: string | undefined
  // A loop, and no copy of the keys: a thousand cached results are asked for forty fields each.
  for (const each in object) if (isSameToGo(each, key)) last = each
  return last === undefined ? undefined : object[last]
}

/** The boolean that Go's strconv.ParseBool reads in a text; undefined for any other text. */
export function goBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined
}

/** The text that `goField` finds; empty for none. */
export function goText(value: Json | undefined, key: string): string {
  const text = goField(value, key)
  return typeof text === 'string' ? text : ''
}

/** The items of the array that `goField` finds; empty for none. */
export function goItems(value: Json | undefined, key: string): readonly Json[] {
  const items = goField(value, key)
  return Array.isArray(items) ? items : []
}

/** The keys of an object that are `key` to Go, whatever the case of their letters, in its order: several where readers may differ about it. */
export function goKeys(value: Json | undefined, key: string): readonly string[] {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return []
  return Object.keys(value).filter((each) => isSameToGo(each, key))
}

// Most differ in length, which no folding changes.
function isSameToGo(a: string, b: string): boolean {
  return a.length === b.length && (a === b || foldKey(a) === foldKey(b))
}

/** A key as Go compares it, without case. Go folds the Kelvin sign, as JavaScript does, and the long s too. */
export function foldKey(key: string): string {
  const lower = key.toLowerCase()
  return lower.includes('ſ') ? lower.replaceAll('ſ', 's') : lower
}
