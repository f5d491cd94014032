/** Any JSON value, read-only. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject

/** A JSON object, read-only. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** Whether a value is an object: neither null nor a list. */
export function isObject(value: Json | undefined): value is JsonObject
export function isObject(value: unknown): value is Readonly<Record<string, unknown>>
export function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a value is a list of texts alone. */
export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
