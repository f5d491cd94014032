import { statSync } from 'node:fs'
import { pluginCandidates, pluginMissing } from '@vethra/cni'

/** The first regular file of that name in the folders of CNI_PATH, symbolic links followed; undefined when it is nowhere. Throws CniError 100 for a bad type. */
export function pluginFile(type: string, path: readonly string[]): string | undefined {
  return pluginCandidates(type, path).find(isFile)
}

/** As `pluginFile`. Throws CniError 100 when it is nowhere. */
export function findPlugin(type: string, path: readonly string[]): string {
  const found = pluginFile(type, path)
  if (found !== undefined) return found
  throw pluginMissing(type, path)
}

function isFile(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
  } catch {
    // What cannot be looked at, such as a link in a circle: the next folder may have the plugin.
    return false
  }
}
