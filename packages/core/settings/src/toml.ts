import { type CniError, isObject, usageError } from '@vethra/cni'

/** A table of a TOML document. */
export type TomlTable = Readonly<Record<string, unknown>>

/** The table in a table; `undefined` when there is none or it is no table. */
export function subtable(table: TomlTable | undefined, key: string): TomlTable | undefined {
  const value = table?.[key]
  return isObject(value) ? value : undefined
}

/** A TOML value as a message shows it. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

interface Refused {
  /** A flag, a variable, or `KEY in FILE`. */
  readonly where: string
  readonly value: unknown
}

/** The CniError 103 for a value that cannot be, and for what to give. */
export function invalid({ where, value }: Refused, fault: string, hint: string): CniError {
  return usageError(`${where}: ${JSON.stringify(shown(value).slice(0, 128))} ${fault}`, hint)
}
