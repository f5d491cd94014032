import type { ContainerRef } from '@vethra/cni'
import { inNamespace, removeContainers } from '@vethra/engine'
import type { World } from '@vethra/world'

/**
 * Forgets a container that an OCI runtime made for one life: its name, its files, and the edits of its bundle, which nobody
 * calls "bundle rm" for. Throws CniError where something of it stays.
 */
export async function forget(world: World, { namespace, id }: ContainerRef): Promise<void> {
  const tools = await inNamespace(world, namespace)
  const { failure } = await removeContainers(tools, [id], {})
  if (failure !== undefined) throw failure
}
