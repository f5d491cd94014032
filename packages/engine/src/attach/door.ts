import { type Attachment, CniError } from '@vethra/cni'
import type { AttachmentRecord } from './attachment-records.ts'
import { detachEach } from './detach-each.ts'
import { holdingContainer } from './holding-container.ts'
import type { Membership } from './membership.ts'
import { checkNamespace, type NamespaceFacts } from './namespace-facts.ts'
import type { HostTools } from './on-host.ts'
import { recordsNaming } from './reachable.ts'

type DoorTools = Pick<HostTools, 'netns' | 'records' | 'cache'>

/** The interface that an attachment asks for. */
export type WantedInterface = Pick<Attachment, 'netns' | 'ifname'>

/**
 * Checks that interfaces can be made where attachments ask for them. Throws CniError 8 unless the
 * path is a network namespace other than the runtime's own, and 102 when the interface exists and
 * no ADD of ours that was cut short accounts for it. Returns the records of those ADDs.
 */
export async function checkDoor(
  tools: DoorTools,
  wanted: readonly WantedInterface[],
): Promise<readonly AttachmentRecord[]> {
  const unfinished: AttachmentRecord[] = []
  for (const each of wanted) {
    await checkNamespace(tools.netns, each.netns)
    if (!(await isThere(tools.netns, each))) continue
    const named = await recordsNaming(tools, each)
    for (const record of named) if (await tools.cache.read(record)) throw taken(each, record)
    if (named.length === 0) throw taken(each)
    unfinished.push(...named)
  }
  return unfinished
}

/** Throws CniError 102 when an interface exists already. */
export async function checkFree(tools: DoorTools, wanted: WantedInterface): Promise<void> {
  if (!(await isThere(tools.netns, wanted))) return
  const [record] = await recordsNaming(tools, wanted)
  throw taken(wanted, record)
}

/** Undoes ADDs that were cut short, each under its container's lock, as far as their conf list is known. */
export async function undoUnfinished(
  tools: HostTools,
  records: readonly AttachmentRecord[],
  memberships: readonly Membership[],
): Promise<void> {
  for (const record of records) {
    const { network, containerId, ifname, netns } = record
    const list = memberships.find((each) => each.network === network)?.list
    if (list === undefined && record.made === undefined) continue
    const attachment = { containerId, netns, ifname, cniArgs: [], capabilityArgs: {} }
    const membership = { network, list, attachment }
    await holdingContainer(tools, [membership], async () => {
      const isFinished = (await tools.cache.read(record)) !== undefined
      if (!isFinished) await detachEach(tools, [membership])
    })
  }
}

// Every namespace has lo from its beginning.
async function isThere(
  { hasLink }: NamespaceFacts,
  { netns, ifname }: WantedInterface,
): Promise<boolean> {
  return ifname !== 'lo' && (await hasLink(netns, ifname))
}

function taken({ netns, ifname }: WantedInterface, holder?: AttachmentRecord): CniError {
  const whose = holder ? `, of container ${holder.containerId} in network ${holder.network}` : ''
  return new CniError({
    code: 102,
    message: `interface ${ifname} exists in namespace ${netns} already${whose}`,
    hint: holder
      ? 'Detach that container first, or give another name: CNI_IFNAME.'
      : 'Remove it with the program that made it, or give another name: CNI_IFNAME.',
  })
}
