import { join } from 'node:path'
import { isPathComponent } from '@vethra/cni'
import { listFolders } from '@vethra/files'

/** The containerd namespaces that a data store knows of: containers, hosts files or names; ascending, `default` included. */
export async function storedNamespaces(dataStore: string): Promise<readonly string[]> {
  const folders = ['containers', 'etchosts', 'names'].map((each) => join(dataStore, each))
  const found = (await Promise.all(folders.map(listFolders))).flat()
  // Indexes that lie beside namespaces begin with a dot, and no namespace does.
  const namespaces = found.filter((name) => !name.startsWith('.') && isPathComponent(name))
  return [...new Set(['default', ...namespaces])].sort()
}
