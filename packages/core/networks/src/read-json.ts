import { goField, isObject, type Json } from '@vethra/cni'

/** Whether a value is a JSON object of texts alone. */
export function isTextObject(value: Json): value is Readonly<Record<string, string>> {
  return isObject(value) && Object.values(value).every((each) => typeof each === 'string')
}

/** A field that is a text and not empty. */
export function textField(value: Json | undefined, key: string): string | undefined {
  const text = goField(value, key)
  return typeof text === 'string' && text !== '' ? text : undefined
}

/** The elements of an array; none of anything else. */
export function elements(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : []
}
