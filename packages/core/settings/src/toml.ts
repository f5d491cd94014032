import { isObject } from '@vethra/cni'
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
