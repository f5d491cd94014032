import { readCidr } from '@vethra/address'
import { type AttachmentKey, type CniArgs, parseResult, type Result } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import type { Membership } from '@vethra/container'
import type { RepairOf } from '@vethra/findings'
import { findNetwork } from '@vethra/networks'
import type { AttachmentRecord } from '@vethra/world'
import { detachEach } from '../attach/detach-each.ts'
import { attachAnew } from '../attach/heal.ts'
import type { HostTools } from '../attach/host-tools.ts'
import { isProven } from '../attach/life.ts'
import { rememberedOnly } from '../attach/membership.ts'
import { hostEndOf } from '../attach/replaced.ts'
import { converge } from '../converge.ts'
import { isUsable, livingRecord } from './alive.ts'
import { type Applied, ended } from './applied.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { readNetworks } from './read-networks.ts'
import { containerOf } from './stored-container.ts'

/** Detaches what is attached to a namespace that is gone, or was never finished: DEL with what ADD was called with. */
export async function detachDead(
  tools: DoctorTools,
  { attachment: key, netns = '' }: RepairOf<'detach'>,
): Promise<void> {
  const { networks } = await readNetworks(tools, await tools.namespaces())
  const list = networks.find(({ name }) => name === key.network)?.list
  const { attachment } = rememberedOnly(key)
  const membership = { network: key.network, list, attachment: { ...attachment, netns } }
  const detach = () => detachEach(tools.host, [membership])
  // Debian's bridge fails for rules that are gone, once: the second time the interface is gone, too.
  await (netns === '' ? detach() : detach().catch(detach))
}

/**
 * Attaches a living container again whose interface is missing, under the addresses that it had
 * where they are free.
 */
export async function reattach(
  tools: DoctorTools,
  { attachment: key }: RepairOf<'reattach'>,
): Promise<Applied> {
  const { host } = tools
  const [cached, record] = [await host.cache.read(key), await livingRecord(host, key)]
  if (record === undefined || !isUsable(cached)) return ended
  const list = parseConfList(cached.listText)
  const { result } = parseResult(cached.result ?? '', list.cniVersion)
  const plain: Membership = {
    network: key.network,
    list,
    attachment: { ...cached.attachment, netns: record.netns },
  }
  await removeCutOff(host, record)
  const made = await attachAnew(host, [asBefore(plain, result), plain])
  await tellPeers(tools, key, made.result)
}

// Its other end is away from this host: as long as it is there, no other can be made. Its MAC and addresses tell whose it is.
async function removeCutOff(host: HostTools, record: AttachmentRecord): Promise<void> {
  const { netns, ifname, network, containerId } = record
  const kernel = await host.kernel?.()
  const seen = await host.netns.look(netns)
  if (kernel === undefined || !(await isProven(host, record, seen))) return
  const { otherEnd } = (await host.netns.linkAt(netns, ifname)) ?? {}
  if (otherEnd !== undefined && otherEnd !== '') return
  const owner = { kind: 'attachment', network, containerId, ifname } as const
  const resource = {
    ...({ kind: 'link', place: 'container', name: ifname, up: true } as const),
    type: { name: 'dummy' },
  } as const
  const { failed } = await kernel.apply(netns, [{ kind: 'remove', from: { owner, resource } }])
  if (failed) throw failed.error
}

/** Gives a living container back what it lacks inside. */
export async function restoreInside(
  { host }: DoctorTools,
  { attachment, desired }: RepairOf<'restore-inside'>,
): Promise<Applied> {
  const record = await livingRecord(host, attachment)
  const kernel = await host.kernel?.()
  if (record === undefined || kernel === undefined) return ended
  if (!(await leadsHere(host, record))) return 'the interface of that name leads elsewhere'
  const outcome = await converge(kernel, { netns: record.netns, desired })
  if (outcome.kind === 'failed') throw outcome.error
}

// The container may have renamed ours, and have another of its name. Only bridge and ptp tell their end on the host.
async function leadsHere(host: HostTools, record: AttachmentRecord): Promise<boolean> {
  const entry = await host.cache.read(record)
  const end = hostEndOf(entry?.result ?? '')
  const { otherEnd } = (await host.netns.linkAt(record.netns, record.ifname)) ?? {}
  return end === undefined || end === otherEnd
}

/** Puts the interface of the host that leads to a living container back on its bridge. */
export async function restoreLink(
  { host, kernel }: DoctorTools,
  { kind: _, attachment: key, link: name, ...link }: RepairOf<'restore-link'>,
): Promise<Applied> {
  const record = await livingRecord(host, key)
  // A name alone may be another's by now: of a container that another runtime made, or of the host.
  const { otherEnd } = (record && (await host.netns.linkAt(record.netns, key.ifname))) ?? {}
  if (otherEnd !== name) return 'the interface of that name leads elsewhere'
  await kernel.restoreLink({ name, ...link })
}

// With the address and MAC that it had: whoever speaks to it goes on doing so.
function asBefore(membership: Membership, { ips, interfaces }: Result): Membership {
  const { attachment, list } = membership
  const addresses = ips.map(({ address }) => address)
  const takesMany = list?.plugins.some(({ capabilities }) => capabilities['ips'] === true) === true
  const first = readCidr(addresses[0] ?? '') ? addresses[0]?.split('/')[0] : undefined
  const mac = interfaces.find(({ sandbox = '' }) => sandbox !== '')?.mac
  const own = new Map(attachment.cniArgs)
  const asked: CniArgs = [
    ['IgnoreUnknown', '1'],
    ...(first === undefined || takesMany ? [] : [['IP', first] as const]),
    ...(mac === undefined || mac === '' ? [] : [['MAC', mac] as const]),
  ]
  for (const [name, value] of asked) own.set(name, value)
  return {
    ...membership,
    attachment: {
      ...attachment,
      cniArgs: [...own],
      capabilityArgs: {
        ...attachment.capabilityArgs,
        ...(takesMany ? { ips: addresses } : {}),
      },
    },
  }
}

async function tellPeers(
  tools: DoctorTools,
  { network, containerId }: AttachmentKey,
  result: Result,
): Promise<void> {
  const found = await containerOf(tools, containerId)
  if (found === undefined) return
  const { hosts, id } = found
  const { networks } = await readNetworks(tools, [found.namespace])
  const names = await hosts.read(id)
  const ref = Object.keys(names?.networks ?? {}).find(
    (each) => (findNetwork(networks, each)?.name ?? each) === network,
  )
  if (names === undefined || ref === undefined) return
  await hosts.acquire({ ...names, networks: { ...names.networks, [ref]: result } })
}
