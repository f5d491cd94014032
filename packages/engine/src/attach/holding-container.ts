import { guards } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import type { HostTools } from './host-tools.ts'

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
