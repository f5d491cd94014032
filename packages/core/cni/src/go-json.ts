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
  const last = goKeys(value, key).at(-1)
  return last === undefined ? undefined : (value as { readonly [key: string]: Json })[last]
}

/** The keys of an object that are `key` to Go, whatever the case of their letters, in its order: several where readers may differ about it. */
export function goKeys(value: Json | undefined, key: string): readonly string[] {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return []
  const [length, folded] = [key.length, fold(key)]
  // Of another length in most cases, which is seen at once.
  return Object.keys(value).filter((each) => each.length === length && fold(each) === folded)
}

// Upper case first: Go folds the long s and the Kelvin sign too.
function fold(key: string): string {
  return key.toUpperCase().toLowerCase()
}
