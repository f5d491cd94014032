import { checkPathComponent, inUseError } from '@vethra/cni'
import { renderRecord } from '@vethra/container'
import type { ManageTools } from '../network/tools.ts'
import { changeContainer } from './container-record.ts'
import type { KnownContainer } from './container-state.ts'

/** Renames a container: in the name store, for its next start, and in peers' hosts files. Throws CniError 102 for a taken name. */
export async function renameContainer(
  tools: ManageTools,
  ref: string,
  name: string,
): Promise<void> {
  checkPathComponent('name', name)
  await changeContainer(tools, ref, (container) => rename(tools, container, name))
}

async function rename(
  tools: ManageTools,
  { id, record }: KnownContainer,
  name: string,
): Promise<void> {
  if (record === undefined) {
    throw inUseError(
      `container ${id} was not made by "vethra bundle prepare"`,
      'Rename it with the program that made it.',
    )
  }
  if (record.name === name) return
  // The new name first and the old one last: killed in between, the container has both, and may be renamed again.
  await tools.containers.claimName(name, id)
  await tools.hosts.rename(id, name)
  await tools.containers.write(id, 'vethra.json', renderRecord({ ...record, name }))
  if (record.name !== '') await tools.containers.releaseName(record.name, id)
}
