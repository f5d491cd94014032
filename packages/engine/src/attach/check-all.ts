import type { Membership } from '@vethra/container'
import { checkAttachment } from './attach.ts'
import { waysUnrecorded } from './detach-one.ts'
import { holdingContainer } from './holding.ts'
import type { HostTools } from './host-tools.ts'
import { keyOf } from './membership.ts'
import { rememberedOf, rememberingCache } from './remembered.ts'

/** Checks one container's networks in the order given, under its lock. Stops at the first that is not as ADD left it. */
export async function checkAll(
  tools: HostTools,
  memberships: readonly Membership[],
): Promise<void> {
  const { runner } = tools
  const cache = rememberingCache(tools)
  await holdingContainer(tools, memberships, async () => {
    for (const membership of memberships) {
      const { cached, record } = await rememberedOf(tools, keyOf(membership))
      const ways = record ? record.ways : await waysUnrecorded(tools, membership.list, cached)
      await checkAttachment({ runner, cache }, { ...membership, ways })
    }
  })
}
