import { type CniError, decodeError } from './cni-error.ts'
import { goField, goType } from './go-json.ts'
import { isObject, isTexts, type Json, type JsonObject } from './json.ts'
import { canonicalAddress, canonicalCidr } from './result-addresses.ts'

/** An object somewhere in a JSON text: known keys are read whatever their case, as Go does. */
export interface Place {
  readonly value: JsonObject
  /** The place, such as `ips[0]`; empty at the top. */
  readonly path: string
}

/** The CniError 6 for a result that cannot be read. */
export function undecodable(why: string, cause?: unknown): CniError {
  return decodeError(`failed to unmarshal raw result: ${why}`, { cause })
}

/** The text under a key; undefined when it is absent, null or empty. */
export function textAt(place: Place, key: string): string | undefined {
  const value = fieldAt(place, key)
  if (value === undefined || value === '') return undefined
  return typeof value === 'string' ? value : wrongType(value, pathOf(place, key), 'string')
}

/** The integer under a key; undefined when it is absent or null. */
export function integerAt(place: Place, key: string): number | undefined {
  const value = fieldAt(place, key)
  if (value === undefined) return undefined
  return Number.isSafeInteger(value)
    ? (value as number)
    : wrongType(value, pathOf(place, key), 'int')
}

/** The texts under a key; undefined when it is absent or null. */
export function textsAt(place: Place, key: string): readonly string[] | undefined {
  const value = fieldAt(place, key)
  if (value === undefined) return undefined
  return isTexts(value) ? value : wrongType(value, pathOf(place, key), '[]string')
}

/** The object under a key; undefined when it is absent or null. */
export function objectAt(place: Place, key: string): Place | undefined {
  const value = fieldAt(place, key)
  if (value === undefined) return undefined
  return objectIn(value, pathOf(place, key))
}

/** How many interfaces, addresses or routes a result may have: each command that reads it takes 20 ms for a thousand. */
const longestList = 16_384

/** The objects of the list under a key; empty when it is absent or null. Throws CniError 6 for more than 16,384. */
export function objectsAt(place: Place, key: string): readonly Place[] {
  const value = fieldAt(place, key)
  if (value === undefined) return []
  if (!Array.isArray(value)) return wrongType(value, pathOf(place, key), 'list')
  if (value.length > longestList)
    throw undecodable(`${pathOf(place, key)} has ${value.length} entries, more than ${longestList}`)
  const list = pathOf(place, key)
  return value.map((each: Json, index) => objectIn(each, `${list}[${index}]`))
}

/** The address with prefix length under a key that must be there, in canonical form. */
export function cidrAt(place: Place, key: string): string {
  const text = textAt(place, key)
  const canonical = canonicalCidr(text ?? '')
  if (canonical !== undefined) return canonical
  throw undecodable(`invalid CIDR address: ${text ?? `${pathOf(place, key)} is missing`}`)
}

/** The address under a key, in canonical form; undefined when it is absent, null or empty. */
export function addressAt(place: Place, key: string): string | undefined {
  const text = textAt(place, key)
  if (text === undefined) return undefined
  const canonical = canonicalAddress(text)
  if (canonical !== undefined) return canonical
  throw undecodable(`invalid IP address: ${text}`)
}

function fieldAt({ value }: Place, key: string): Json | undefined {
  return goField(value, key) ?? undefined
}

function objectIn(value: Json, path: string): Place {
  return isObject(value) ? { value, path } : wrongType(value, path, 'object')
}

function wrongType(value: Json, path: string, wanted: string): never {
  throw undecodable(`json: cannot unmarshal a ${goType(value)} into ${path} of type ${wanted}`)
}

function pathOf({ path }: Place, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
