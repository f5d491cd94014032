// What the start of a container reads is checked by these: loading a library of schemas would cost it 4 ms.

/** Any text. */
export function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** An absolute path. */
export function isPath(value: unknown): value is string {
  return isText(value) && value.startsWith('/')
}

/** Whether a value is a list of such items alone. */
export function isListOf(is: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => Array.isArray(value) && value.every(is)
}

/** The first sentence that is not true, `undefined` when all are. */
export function firstFalse(facts: Readonly<Record<string, boolean>>): string | undefined {
  return Object.keys(facts).find((key) => facts[key] !== true)
}
