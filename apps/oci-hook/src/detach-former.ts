import { type AttachmentRecord, detachAll, lifeNow, type Membership, recordsOf } from '@vethra/plan'
import { type ContainerRef, containerIdOf, dashJoined } from '@vethra/spec'
import type { Tools } from './tools.ts'

/**
 * Detaches what 0.1 left attached in an earlier life of a container that had another id for plugins then. What
 * lives is not its own: the two ids differ where 0.1 took containers for each other.
 */
export async function detachFormer({ host }: Tools, ref: ContainerRef): Promise<void> {
  const former = dashJoined(ref)
  if (former === containerIdOf(ref)) return
  const records = (await recordsOf(host.records, ref)).filter((each) => each.containerId === former)
  const lives = await Promise.all(records.map((each) => lifeNow(host, each)))
  await detachAll(host, records.filter((_, index) => lives[index] === 'gone').map(gone))
}

function gone({ network, containerId, ifname }: AttachmentRecord): Membership {
  const attachment = { containerId, netns: '', ifname, cniArgs: [], capabilityArgs: {} }
  return { network, list: undefined, attachment }
}
