import { isPathComponent } from '@vethra/cni'
import { foldersIn } from '@vethra/files'
import type { Places } from './places.ts'

/** The ids of all folders of containers, ascending; none when the namespace has no folder. Throws CniError 5. */
export function listContainers({ folder }: Places): readonly string[] {
  // What no method would take for a container is none.
  return foldersIn(folder).filter(isPathComponent)
}
