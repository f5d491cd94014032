import { formatPrefix, readCidr } from '@vethra/address'
import { confError, isObject, type Json, type JsonObject } from '@vethra/cni'
import { firstLost, type Lost, lost } from './foreign-network.ts'

/** A field that is a text; empty when it is missing or null. Throws CniError 7 for any other value, or more than 4096 characters. */
export function textOf(object: JsonObject, key: string): string {
  const value = field(object, key) ?? ''
  if (typeof value !== 'string') throw wrong(key, value, 'a text')
  if (value.length > 4096) throw confError(`"${key}" has ${value.length} characters`)
  return value
}

/** A field that is true or false; `otherwise` when it is missing or null. Throws CniError 7 for any other value. */
export function flagOf(object: JsonObject, key: string, otherwise = false): boolean {
  const value = field(object, key) ?? otherwise
  if (typeof value !== 'boolean') throw wrong(key, value, 'true or false')
  return value
}

/** A field that is an array of at most 64 objects; empty when it is missing or null. Throws CniError 7 for any other value. */
export function objectsOf(object: JsonObject, key: string): readonly JsonObject[] {
  const value = field(object, key) ?? []
  if (!Array.isArray(value)) throw wrong(key, value, 'an array')
  if (value.length > 64) throw confError(`"${key}" has ${value.length} elements: 64 are read`)
  return value.map((each: Json) => {
    if (!isObject(each)) throw wrong(key, each, 'an array of objects')
    return each
  })
}

/** A field that is an object; empty when it is missing or null. Throws CniError 7 for any other value. */
export function objectOf(object: JsonObject, key: string): JsonObject {
  const value = field(object, key) ?? {}
  if (!isObject(value)) throw wrong(key, value, 'an object')
  return value
}

/** A field that is an object of texts with at most 64 Ki characters; empty when it is missing or null. Throws CniError 7 for any other value. */
export function textsOf(object: JsonObject, key: string): Readonly<Record<string, string>> {
  const texts = Object.entries(objectOf(object, key)).map(([name, value]): [string, string] => {
    if (typeof value !== 'string') throw wrong(`${key}.${name.slice(0, 128)}`, value, 'a text')
    return [name, value]
  })
  const size = texts.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (size > 65_536) throw confError(`"${key}" has ${size} characters: 65536 are read`)
  return Object.fromEntries(texts)
}

/** A subnet without host bits, which other programs keep as they were typed; as it is where it is no subnet. */
export function subnetText(text: string): string {
  const cidr = readCidr(text)
  return cidr ? formatPrefix(cidr.prefix) : text
}

/** The parts of an object that are not among the known keys, at most 32; nulls and empty values are none. `path` comes before their keys. */
export function unknownParts(
  object: JsonObject,
  known: readonly string[],
  path = '',
): readonly Lost[] {
  const parts = Object.entries(object)
    .filter(([key, value]) => !known.includes(key) && !isEmpty(value))
    .map(([key, value]) => lost(`${path}${key}`, value, 'Vethra does not know it'))
  return firstLost(parts, 32)
}

/** Whether any of these texts is of IPv6, or of IPv4. */
export function hasFamily(texts: readonly string[], family: 4 | 6): boolean {
  return texts.some((each) => each.includes(':') === (family === 6))
}

function isEmpty(value: Json): boolean {
  if (value === null || value === '' || value === false) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

// A field of the prototype is none of the text's.
function field(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function wrong(key: string, value: Json, wanted: string): Error {
  const { value: shown } = lost(key, value, '')
  return confError(`"${key}" is ${shown}, not ${wanted}`)
}
