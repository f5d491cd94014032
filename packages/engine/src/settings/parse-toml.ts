import { usageError } from '@vethra/cni'
import type { TomlTable } from '@vethra/settings'

/** A TOML document as a table. Throws CniError 103 naming the file. Async, as the parser is loaded here alone: most hooks have no TOML. */
export async function parseToml(file: string, text: string): Promise<TomlTable> {
  const { parse } = await import('smol-toml')
  try {
    return parse(text, { unsafeKeyBehaviour: 'throw', maxDepth: 64 })
  } catch (cause) {
    throw usageError(`cannot read ${file} as TOML`, { cause })
  }
}
