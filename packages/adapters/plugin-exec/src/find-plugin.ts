import { stat } from 'node:fs/promises'
import { pluginCandidates, pluginMissing } from '@vethra/cni'

/** The first regular file of that name in the folders, symbolic links followed. Throws CniError 7 for a bad type, 100 when missing. */
export async function findPlugin(type: string, path: readonly string[]): Promise<string> {
  for (const candidate of pluginCandidates(type, path)) {
    const found = await stat(candidate).catch(() => undefined)
    if (found?.isFile()) return candidate
  }
  throw pluginMissing(type, path)
}
