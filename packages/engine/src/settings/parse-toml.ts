import { usageError } from '@vethra/cni'
import type { TomlTable } from '@vethra/settings'

/**
 * A TOML document as a table. Throws CniError 103 that names the file, with the parser's text as its
 * cause. The parser is loaded here and nowhere else, hence async: most hook runs have no TOML file.
 */
export async function parseToml(file: string, text: string): Promise<TomlTable> {
  const { parse } = await import('smol-toml')
  try {
    return parse(text, { unsafeKeyBehaviour: 'throw', maxDepth: 64 })
  } catch (cause) {
    throw usageError(`cannot read ${file} as TOML`, { cause })
  }
}
