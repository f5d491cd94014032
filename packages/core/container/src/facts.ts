// What the start of a container reads is checked by these: loading a library of schemas would cost it 4 ms.

/** Any text. */
export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** A list of texts. */
export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}

/** An absolute path. */
export function isPath(value: unknown): value is string {
  return isText(value) && value.startsWith('/')
}

/** An object, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The first sentence that is not true, `undefined` when all are. */
export function firstFalse(facts: Readonly<Record<string, boolean>>): string | undefined {
  return Object.keys(facts).find((key) => facts[key] !== true)
}
