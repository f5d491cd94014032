import { usageError } from '@vethra/cni'

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

/** Whether one value comes before another: numbers by size, all else by its text. */
export function isLess(value: unknown, than: unknown): boolean {
  if (typeof value === 'number' && typeof than === 'number') return value < than
  return asText(value) < asText(than)
}

const mostCharacters = 65_536

/** A number of characters or elements, as a template gives it. Throws CniError 103 for what is no whole number from 0 to 65,536. */
export function countOf(value: unknown): number {
  const count = Number(value)
  if (Number.isInteger(count) && count >= 0 && count <= mostCharacters) return count
  throw usageError(
    `${JSON.stringify(value)} is no number of characters`,
    `Give a whole number from 0 to ${mostCharacters}.`,
  )
}

/** The elements of a list, or the characters of a text, from a place up to another; without, up to the end. Throws CniError 103 for a place that is no number. */
export function partOf(value: unknown, from?: unknown, to?: unknown): unknown {
  const whole = Array.isArray(value) ? value : asText(value)
  return whole.slice(countOf(from ?? 0), to === undefined ? undefined : countOf(to))
}

/** A text as Go's fmt has it, with `%s`, `%v`, `%d`, `%q` and `%%`: a width, `-` or `0` before it, `.N` characters at the most. Throws CniError 103 for another verb, or a width beyond 65,536. */
export function formatted(text: string, values: readonly unknown[]): string {
  const left = [...values]
  return text.replaceAll(
    /%([-0]?)(\d*)(?:\.(\d+))?(.?)/gs,
    (...[all, flag, width, most, verb]: readonly string[]) => {
      if (verb === '%') return '%'
      if (!verb || !'svdq'.includes(verb))
        throw usageError(`printf cannot write ${all}`, 'Use %s, %v, %d, %q or %%.')
      const value = asText(left.shift())
      const shown = verb === 'q' ? JSON.stringify(value) : asText(partOf(value, 0, most))
      if (flag === '-') return shown.padEnd(countOf(width))
      return shown.padStart(countOf(width), flag === '0' ? '0' : ' ')
    },
  )
}
