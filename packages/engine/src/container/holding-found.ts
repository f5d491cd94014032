import { containerIdOf, inUseError } from '@vethra/cni'
import { holdingAttachments } from '../attach/holding.ts'
import type { ManageTools } from '../network/tools.ts'
import { findContainer } from './container-inspect.ts'
import type { KnownContainer } from './container-state.ts'

/** The id by which plugins know a container: one that 0.1 attached keeps the id that it has. */
export function pluginIdOf(
  { settings }: Pick<ManageTools, 'settings'>,
  { id, attachments }: Pick<KnownContainer, 'id' | 'attachments'>,
): string {
  return attachments[0]?.containerId ?? containerIdOf({ namespace: settings.namespace, id })
}

/** Runs `work` while no other operation is at work on a container, its start among them. Throws CniError 102 where one has attached it since it was found. */
export async function holdingFound<T>(
  tools: ManageTools,
  found: KnownContainer,
  work: () => Promise<T>,
): Promise<T> {
  return holdingAttachments(tools.host, [pluginIdOf(tools, found)], async () => {
    const now = await findContainer(tools, found.id)
    const wasRunning = found.state === 'running' || now.state !== 'running'
    const ifnames = found.attachments.map(({ ifname }) => ifname)
    if (wasRunning && now.attachments.every(({ ifname }) => ifnames.includes(ifname))) return work()
    throw inUseError(
      `container ${found.id} was started while its networks were changed`,
      'Run the command again: it then changes the running container.',
    )
  })
}
