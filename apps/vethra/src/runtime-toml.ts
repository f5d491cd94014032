import { parseToml } from '@vethra/engine'
import { type GivenFile, readVethraToml } from '@vethra/settings'

/** vethra.toml, for the OCI runtime. Throws CniError 103 for what is wrong with it. */
export async function runtimeToml(file: string, text: string): Promise<GivenFile> {
  return readVethraToml(file, await parseToml(file, text))
}
