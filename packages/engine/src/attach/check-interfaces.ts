import {
  type Attachment,
  type CniError,
  type ContainerRef,
  checkNewIfname,
  inUseError,
  netnsError,
} from '@vethra/cni'
import type { Membership } from '@vethra/container'
import type { AttachmentRecord, NamespaceFacts } from '@vethra/world'
import { isSame } from './container-records.ts'
import { holdingContainer } from './holding.ts'
import type { HostTools } from './host-tools.ts'
import { checkNamespace, lifeNow, recordsNaming } from './life.ts'

type InterfaceTools = Pick<HostTools, 'netns' | 'records' | 'cache'>

/** The interface that an attachment asks for, and the container that it is for. */
interface WantedInterface extends Pick<Attachment, 'netns' | 'ifname'> {
  readonly container?: ContainerRef | undefined
}

/** Checks that interfaces can be made. Throws CniError 4, 8 or 102; returns records of ADDs and DELs cut short, and of an earlier life. */
export async function checkInterfaces(
  tools: InterfaceTools,
  wanted: readonly WantedInterface[],
): Promise<readonly AttachmentRecord[]> {
  const left: AttachmentRecord[] = []
  for (const each of wanted) {
    checkNewIfname(each.ifname)
    await checkNamespace(tools.netns, each.netns)
    const changeable = tools.netns.changeablePart(each.netns)
    if (changeable !== undefined) throw unsteady(each.netns, changeable)
    if (!(await isThere(tools.netns, each))) continue
    const named = await recordsNaming(tools, each)
    for (const record of named) if (!(await isLeft(tools, record, each))) throw taken(each, record)
    if (named.length === 0) throw taken(each)
    left.push(...named)
  }
  return left
}

/** Throws CniError 102 when an interface exists already. */
export async function checkFree(tools: InterfaceTools, wanted: WantedInterface): Promise<void> {
  if (!(await isThere(tools.netns, wanted))) return
  const [record] = await recordsNaming(tools, wanted)
  throw taken(wanted, record)
}

/**
 * Undoes what `checkInterfaces` returned for memberships of one container, each under its container's lock, as far as its conf
 * list is known.
 */
export async function undoLeft(
  tools: HostTools,
  records: readonly AttachmentRecord[],
  memberships: readonly Membership[],
): Promise<void> {
  for (const record of records) {
    const { network, containerId, ifname } = record
    // Both lead to the same namespace: the path of then may be gone.
    const netns = memberships[0]?.attachment.netns ?? record.netns
    const list = memberships.find((each) => each.network === network)?.list
    const isKnown = list !== undefined || record.made !== undefined
    if (!isKnown && !(await tools.cache.read(record))) continue
    const attachment = { containerId, netns, ifname, cniArgs: [], capabilityArgs: {} }
    const membership = { network, list, attachment }
    await holdingContainer(tools, [membership], async () => {
      const now = await tools.records.read(record)
      if (!now || !(await isLeft(tools, now, { container: memberships[0]?.container }))) return
      const { detachEach } = await import('./detach-each.ts')
      await detachEach(tools, [membership])
    })
  }
}

// An ADD or a DEL that did not finish, or one whose process has gone while the namespace that it joined lives.
async function isLeft(
  tools: InterfaceTools,
  record: AttachmentRecord,
  { container }: Pick<WantedInterface, 'container'>,
): Promise<boolean> {
  if (record.underWay === 'DEL' || (await tools.cache.read(record)) === undefined) return true
  const isOwn = record.container && container && isSame(record.container, container)
  return isOwn === true && (await lifeNow(tools, record)) === 'gone'
}

// Every namespace has lo from its beginning.
async function isThere(
  { hasLink }: NamespaceFacts,
  { netns, ifname }: WantedInterface,
): Promise<boolean> {
  return ifname !== 'lo' && (await hasLink(netns, ifname))
}

// A plugin opens the path again: who can change it leads root into a namespace of his choice.
function unsteady(netns: string, part: string): CniError {
  return netnsError(
    `namespace ${JSON.stringify(netns)} may be another a moment later: ${part} can be changed by another user`,
    'Give /proc/PID/ns/net of a process in it, or a path that root alone can change, as "ip netns add" makes.',
  )
}

function taken(wanted: WantedInterface, holder?: AttachmentRecord): CniError {
  const { netns, ifname, container } = wanted
  const whose = holder ? `, of container ${holder.containerId} in network ${holder.network}` : ''
  const hint = container === undefined ? hints.namespace : hints.container
  return inUseError(
    `interface ${ifname} exists in namespace ${netns} already${whose}`,
    holder ? hint.ofOurs : hint.ofOthers,
  )
}

// A container's interfaces have names by their order, which nobody can choose.
const hints = {
  namespace: {
    ofOurs: 'Detach that container first, or give another name: CNI_IFNAME.',
    ofOthers: 'Remove it with the program that made it, or give another name: CNI_IFNAME.',
  },
  container: {
    ofOurs: 'Have one container alone ask for networks, where several share a namespace.',
    ofOthers: 'Remove it with the program that made it; Podman makes none with --network none.',
  },
}
