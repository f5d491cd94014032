import { type CniError, confError, goKeys, type Json, type JsonObject } from '@vethra/cni'

/** The place of a value in Go's structs, as encoding/json names it in its errors. */
export interface Place {
  /** The struct that has the field; empty for one without a name. */
  readonly struct: string
  /** The keys from the top, with dots: `ipam.ranges.subnet`. */
  readonly path: string
}

/** The place of a key in the value at a place. `struct` is the Go type that has the key. */
function under(place: Place, struct: string, key: string): Place {
  return { struct, path: place.path === '' ? key : `${place.path}.${key}` }
}

/** The text there; undefined for null and for nothing. Throws CniError 7 in Go's words. */
export function readText(
  value: Json | undefined,
  place: Place,
  type = 'string',
): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw mismatch(value, place, type)
}

/** The whole number there; undefined for null and for nothing. Throws CniError 7 in Go's words. */
export function readInteger(value: Json | undefined, place: Place): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value)) return value
  throw mismatch(value, place, 'int')
}

/** The items there; empty for null and for nothing. Throws CniError 7 in Go's words. */
export function readItems(value: Json | undefined, place: Place, type: string): readonly Json[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value
  throw mismatch(value, place, type)
}

/** The object there; undefined for null and for nothing. Throws CniError 7 in Go's words. */
export function readObject(
  value: Json | undefined,
  place: Place,
  type: string,
): JsonObject | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'object' && !Array.isArray(value)) return value as JsonObject
  throw mismatch(value, place, type)
}

/** An object that Go decodes into a struct, and its place. */
export interface GoObject {
  readonly fields: JsonObject | undefined
  readonly place: Place
  /** The Go type; empty for one without a name. */
  readonly struct: string
}

/** The request configuration as a whole. */
export function netConf(fields: JsonObject): GoObject {
  return { fields, place: { struct: '', path: '' }, struct: 'Net' }
}

/** The value of a key, whatever its case, and its place. Throws CniError 7 for a key in two spellings. */
export function at(
  { fields, place, struct }: GoObject,
  key: string,
): readonly [Json | undefined, Place] {
  const keys = goKeys(fields, key)
  const there = under(place, struct, key)
  const [only = ''] = keys
  if (keys.length < 2) return [fields?.[only], there]
  throw confError(`invalid ${there.path}: it is written as ${keys.join(' and as ')}`)
}

function mismatch(value: Json, { struct, path }: Place, type: string): CniError {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  return confError(
    `json: cannot unmarshal ${kind} into Go struct field ${struct}.${path} of type ${type}`,
  )
}
