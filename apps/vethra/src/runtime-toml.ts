import { parseToml } from '@vethra/engine'
import { readRuntimeBinary } from '@vethra/settings'

/** The real runtime that a vethra.toml names. Throws CniError 103 for what is no TOML, and as `readRuntimeBinary`. */
export async function binaryIn(file: string, text: string): Promise<string> {
  return readRuntimeBinary(file, (await parseToml(file, text))['runtime'])
}
