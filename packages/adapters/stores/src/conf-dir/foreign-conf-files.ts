import { join } from 'node:path'
import { checkPathComponent } from '@vethra/cni'
import type { ConfFileText } from '@vethra/conflist'
import { readConfFiles } from './read-conf-files.ts'

/** Another program's conf files, and its namespace's, as `ConfDir.list`; not beyond 256 KiB. Throws CniError 7 beyond 1000 files, 107. */
export async function foreignConfFiles(
  folder: string,
  namespace: string,
): Promise<readonly ConfFileText[]> {
  checkPathComponent('namespace', namespace)
  const extensions = ['.conflist', '.conf', '.json']
  const bounds = { files: 1000, octets: 256 * 1024 }
  return await readConfFiles([folder, join(folder, namespace)], extensions, bounds)
}
