/** The elements of a list, the values of an object, or the characters of a text; none of anything else. */
export function valuesOf(value: unknown): readonly unknown[] {
  return Object.values(value ?? {})
}

/** An element of a list or object of its own; undefined without. */
export function fieldOf(value: unknown, key: unknown): unknown {
  const has = typeof value === 'object' && value !== null && Object.hasOwn(value, String(key))
  return has ? (value as Readonly<Record<string, unknown>>)[String(key)] : undefined
}

/** Whether Go takes a value for true: not nothing, not zero, not empty. */
export function isTrue(value: unknown): boolean {
  return typeof value === 'object' && value !== null
    ? Object.keys(value).length > 0
    : Boolean(value)
}

/** A value as a template prints it: lists and objects as JSON, nothing as an empty text. */
export function asText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
