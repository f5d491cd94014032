import { guards } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import type { HostTools } from './host-tools.ts'
import { collectorMark } from './take-over.ts'

/** Runs `work` while no other operation is at work on the container. */
export async function holdingContainer<T>(
  tools: HostTools,
  memberships: readonly Membership[],
  work: () => Promise<T>,
): Promise<T> {
  const ids = memberships.slice(0, 1).map(({ attachment }) => attachment.containerId)
  return holdingAttachments(tools, ids, work)
}

/** Runs `work` while no other operation is at work on the containers that plugins know by these ids. Waiting for each is a step. */
export async function holdingAttachments<T>(
  tools: Pick<HostTools, 'lock' | 'places' | 'steps'>,
  containerIds: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const [id, ...others] = [...new Set(containerIds)].sort()
  if (id === undefined) return work()
  const locked = tools.steps?.(`wait for the lock of ${id}`)
  return tools.lock.hold(guards.attachment(tools.places, id), () => {
    locked?.()
    return holdingAttachments(tools, others, work)
  })
}

/** Runs `work` while no new attachment of some networks is recorded, none is collected, and none of them is removed. */
export async function holdingNetworks<T>(
  tools: Pick<HostTools, 'lock' | 'places' | 'netns'>,
  names: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  // In one order, so that no two wait for each other.
  const [name, ...others] = [...new Set(names)].sort()
  if (name === undefined) return work()
  return tools.lock.hold(guards.network(tools.places, name), async (isLeft) => {
    if (isLeft) await tools.netns.pluginsEnded(`network ${name}`, collectorMark(name))
    return holdingNetworks(tools, others, work)
  })
}

/** Takes and frees the locks of networks that a forgotten container was in, so that files of killed holders go. */
export async function passLocks(
  tools: Pick<HostTools, 'lock' | 'places' | 'netns'>,
  networks: readonly string[],
): Promise<void> {
  const { lock, places } = tools
  const paths = [
    guards['shared-chains'](places),
    ...networks.map((name) => guards.isolation(places, name)),
  ]
  for (const path of paths) await lock.hold(path, async () => {})
  await holdingNetworks(tools, networks, async () => {})
}
