import { type AttachmentKey, type ConfList, oneOrAll } from '@vethra/cni'
import type { AttachmentRecord } from '@vethra/world'
import { detachEach } from './detach-each.ts'
import { livingNetns } from './heal.ts'
import { holdingContainer, holdingNetworks } from './holding.ts'
import type { HostTools } from './host-tools.ts'
import { lifeNow } from './life.ts'
import { atNetns, rememberedOnly } from './membership.ts'
import { freeUnused } from './network-operations.ts'
import type { ValidAttachment } from './plan.ts'
import { goingOn } from './sequence.ts'
import { bearing, collectorMark } from './take-over.ts'
import { waysNow } from './ways-now.ts'

/**
 * Frees what is attached to a network and no longer wanted: DEL of each of our own attachments that
 * is stale, then GC of every plugin with all that is left as valid (SPEC 1.1.0, section 2, "GC").
 * Stale is what `keep` does not have; without `keep`, what is in a namespace that has gone. Attachments
 * that are not ours, and those without a recorded namespace, are kept. Nothing happens when the list
 * says `disableGC`. Goes on after failures. Returns what was detached.
 */
export async function collectGarbage(
  tools: HostTools,
  list: ConfList,
  keep?: readonly ValidAttachment[],
): Promise<readonly AttachmentKey[]> {
  if (list.disableGc) return []
  const ours = (await tools.records.list()).filter(({ network }) => network === list.name)
  const stale: AttachmentRecord[] = []
  for (const record of ours) if (await isStale(tools, record, keep)) stale.push(record)
  const detached: AttachmentRecord[] = []
  const errors = await goingOn(async (attempt) => {
    for (const record of stale) {
      const work = () => detachStale(tools, list, record)
      detached.push(...((await attempt(`detach ${record.containerId}`, work)) ?? []))
    }
    await attempt('tell the plugins', () => tellPlugins(tools, list, keep))
  }, tools.steps)
  if (errors.length > 0)
    throw oneOrAll(errors, `garbage collection of network ${list.name} is not complete`)
  return detached
}

async function isStale(
  tools: HostTools,
  record: AttachmentRecord,
  keep: readonly ValidAttachment[] | undefined,
): Promise<boolean> {
  if (keep) return !keep.some(sameAs(record))
  return (await lifeNow(tools, record)) === 'gone'
}

function sameAs({ containerId, ifname }: AttachmentKey): (valid: ValidAttachment) => boolean {
  return (valid) => valid.containerID === containerId && valid.ifname === ifname
}

// By its turn the container may have been attached again, which has a nonce of its own.
async function detachStale(
  tools: HostTools,
  list: ConfList,
  record: AttachmentRecord,
): Promise<readonly AttachmentRecord[]> {
  const membership = { ...rememberedOnly(record), list }
  return holdingContainer(tools, [membership], async () => {
    const now = await tools.records.read(record)
    if (now === undefined || now.nonce !== record.nonce) return []
    const netns = (await livingNetns(tools, record)) ?? ''
    await detachEach(tools, [atNetns(membership, netns)])
    return [record]
  })
}

// While the plugins collect, no ADD gets as far as its record: what they are told is all there is.
async function tellPlugins(
  tools: HostTools,
  list: ConfList,
  keep: readonly ValidAttachment[] = [],
): Promise<void> {
  await holdingNetworks(tools, [list.name], async () => {
    const [records, cached] = await Promise.all([tools.records.list(), tools.cache.list()])
    const known = [
      ...records,
      ...cached.map(({ network, attachment }) => ({ network, ...attachment })),
    ]
    const left = known
      .filter(({ network }) => network === list.name)
      .map(({ containerId, ifname }) => ({ containerID: containerId, ifname }))
    const all = new Map([...keep, ...left].map((each) => [JSON.stringify(each), each]))
    const validAttachments = [...all.values()]
    const ways = waysNow(tools, list)
    await freeUnused(bearing(tools, collectorMark(list.name)).runner, {
      operation: 'GC',
      list,
      ways,
      validAttachments,
    })
  })
}
