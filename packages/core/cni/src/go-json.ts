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
  const other = Object.keys(object).findLast(
    // Of another length in most cases, which is seen at once.
    (each) => each.length === key.length && each.toLowerCase() === key.toLowerCase(),
  )
  return other === undefined ? undefined : object[other]
}
