import { guards } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import type { HostTools } from './host-tools.ts'

/** Runs `work` while no other operation is at work on the container. */
export async function holdingContainer<T>(
  { lock, places }: HostTools,
  memberships: readonly Membership[],
  work: () => Promise<T>,
): Promise<T> {
  const [first] = memberships
  if (first === undefined) return work()
  return lock.hold(guards.attachment(places, first.attachment.containerId), work)
}
