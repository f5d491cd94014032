import { containerIdOf, dashJoined } from '@vethra/cni'
import type { HookRequest } from '@vethra/container'
import { detachEach, holdingAttachments, lifeNow, recordsOf, rememberedOnly } from '@vethra/engine'
import type { World } from '@vethra/world'

/** Detaches what 0.1 left attached under the container's former id, and frees its ports; living attachments are another container's. */
export async function detachFormer(world: World, asked: Asked): Promise<void> {
  const former = dashJoined(asked)
  if (former === containerIdOf(asked)) return
  await holdingAttachments(world, [former], async () => {
    const own = await recordsOf(world.records, asked)
    const records = own.filter((each) => each.containerId === former)
    const lives = await Promise.all(records.map((each) => lifeNow(world, each)))
    const gone = records.filter((_, index) => lives[index] === 'gone')
    await detachEach(world, gone.map(rememberedOnly))
    const left = await world.records.list(former)
    if (left.length === 0) await world.ports.release({ containerId: former, ports: asked.ports })
  })
}

type Asked = Pick<HookRequest, 'namespace' | 'id' | 'ports'>
