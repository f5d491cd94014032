import { type ContainerRef, inUseError, onCniError } from '@vethra/cni'
import { homeLife, homeOf } from '@vethra/engine'
import type { World } from '@vethra/world'

/** The namespace of a living container in no network, by its life cycle file; undefined for others, and where that is damaged. */
export async function detachedHome(
  world: World,
  { namespace, id }: ContainerRef,
): Promise<string | undefined> {
  const file = world.containers(namespace).read(id, 'lifecycle.json')
  const home = homeOf(await file.catch(onCniError(() => undefined)))
  const life = home && homeLife(home, await world.netns.look(home.netns))
  return life === 'alive' ? home?.netns : undefined
}

/** Throws CniError 102 when a container lives already: a second start, in another folder of a runtime. */
export async function refuseSecondHome(world: World, ref: ContainerRef): Promise<void> {
  const home = await detachedHome(world, ref)
  if (home === undefined) return
  throw inUseError(
    `container ${ref.id} of namespace ${ref.namespace} is running already, in the network namespace ${home}`,
    `Stop that container first, or use another container id. Where its lifecycle.json is wrong, prepare it again: vethra bundle rm ${ref.id}`,
  )
}
