import { goField, type Json, type JsonObject } from '@vethra/cni'

/** Whether a value is a JSON object. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A field that is a text and not empty. */
export function textField(value: Json | undefined, key: string): string | undefined {
  const text = goField(value, key)
  return typeof text === 'string' && text !== '' ? text : undefined
}

/** A field that is an array; an empty one otherwise. */
export function listField(value: Json | undefined, key: string): readonly Json[] {
  return elements(goField(value, key))
}

/** The elements of an array; none of anything else. */
export function elements(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}
