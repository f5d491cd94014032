import { containerIdOf, dashJoined } from '@vethra/cni'
import type { HookRequest } from '@vethra/container'
import { detachAll, lifeNow, recordsOf, rememberedOnly } from '@vethra/engine'
import type { World } from '@vethra/world'

/**
 * Detaches what 0.1 left attached in an earlier life of a container that had another id for plugins
 * then, and frees its ports. A living attachment is another container's: the two ids differ where
 * 0.1 took containers for each other.
 */
export async function detachFormer(world: World, asked: Asked): Promise<void> {
  const former = dashJoined(asked)
  if (former === containerIdOf(asked)) return
  const own = await recordsOf(world.records, asked)
  const records = own.filter((each) => each.containerId === former)
  const lives = await Promise.all(records.map((each) => lifeNow(world, each)))
  await detachAll(world, records.filter((_, index) => lives[index] === 'gone').map(rememberedOnly))
  const left = await world.records.list(former)
  if (left.length === 0) await world.ports.release({ containerId: former, ports: asked.ports })
}

type Asked = Pick<HookRequest, 'namespace' | 'id' | 'ports'>
