import { CniError } from '@vethra/cni'

/** A table of a TOML document. */
export type TomlTable = Readonly<Record<string, unknown>>

/**
 * The document as a table. Throws CniError 103 that names the file, with the parser's text as its
 * cause. The parser is loaded here and nowhere else, hence async: most hook runs have no TOML file.
 */
export async function parseToml(file: string, text: string): Promise<TomlTable> {
  const { parse } = await import('smol-toml')
  try {
    return parse(text, { unsafeKeyBehaviour: 'throw', maxDepth: 64 })
  } catch (cause) {
    throw new CniError({ code: 103, message: `cannot read ${file} as TOML`, cause })
  }
}

/** The table in a table; `undefined` when there is none or it is no table. */
export function subtable(table: TomlTable | undefined, key: string): TomlTable | undefined {
  const value = table?.[key]
  return isTable(value) ? value : undefined
}

/** Whether a TOML value is a table. */
export function isTable(value: unknown): value is TomlTable {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A TOML value as a message shows it. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
