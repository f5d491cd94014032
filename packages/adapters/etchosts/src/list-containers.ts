import { readdirSync } from 'node:fs'
import { isPathComponent } from '@vethra/cni'
import { fileError } from '@vethra/files'
import type { Places } from './places.ts'

/** The ids of all folders of containers, ascending; none when the namespace has no folder. Throws CniError 5. */
export function listContainers({ folder }: Places): readonly string[] {
  try {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((each) =>
      each.isDirectory(),
    )
    return folders.flatMap(({ name }) => (isId(name) ? [name] : [])).sort()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw fileError('list the folder', folder, error)
  }
}

// What a killed writer left is no container, and neither is what no method would take for one.
function isId(name: string): boolean {
  return !name.startsWith('.tmp-') && isPathComponent(name)
}
