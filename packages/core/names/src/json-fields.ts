import { CniError, type Json, type JsonObject } from '@vethra/cni'

/** Whether the value is a JSON object: neither null nor an array. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The strings of an array; undefined when the value is no array of strings alone. */
export function asTexts(value: Json | undefined): readonly string[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined
}

/** CniError 107 that names the field of meta.json and what is wrong with it. */
export function untrusted(field: string, fault: string): CniError {
  return new CniError({
    code: 107,
    message: `cannot use meta.json: ${field} ${fault}`,
    hint: 'Start the container again: that rewrites the file.',
  })
}
