import { join } from 'node:path'
import { checkPathComponent } from '@vethra/cni'
import type { ConfFileText } from '@vethra/conflist'
import { readConfFiles } from './read-conf-files.ts'

/**
 * The conf lists and JSON files in a folder of another program, and in that of the namespace in it, as `ConfDir.list` lists ours. A
 * file of more than 256 KiB cannot be read. Throws CniError 7 for more than 1000 files, 107 for a hostile namespace.
 */
export async function foreignConfFiles(
  folder: string,
  namespace: string,
): Promise<readonly ConfFileText[]> {
  checkPathComponent('namespace', namespace)
  const extensions = ['.conflist', '.conf', '.json']
  const bounds = { files: 1000, octets: 256 * 1024 }
  return await readConfFiles([folder, join(folder, namespace)], extensions, bounds)
}
