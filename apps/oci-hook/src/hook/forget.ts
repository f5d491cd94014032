import type { ContainerRef } from '@vethra/cni'
import { forgetContainer, inNamespace } from '@vethra/engine'
import type { World } from '@vethra/world'

/** Forgets a container that was made for one life: its name, files, and the edits of its bundle. Throws CniError where some stay. */
export async function forget(world: World, { namespace, id }: ContainerRef): Promise<void> {
  const tools = await inNamespace(world, namespace)
  const failure = await forgetContainer(tools, id)
  if (failure !== undefined) throw failure
}
