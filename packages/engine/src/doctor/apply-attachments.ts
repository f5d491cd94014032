import { readCidr } from '@vethra/address'
import {
  type AttachmentKey,
  type CniArgs,
  type ContainerRef,
  dashJoined,
  identityOf,
  parseResult,
  type Result,
  splitContainerId,
} from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import type { Membership } from '@vethra/container'
import { type ContainerNames, namesWithout } from '@vethra/names'
import { findNetwork } from '@vethra/networks'
import type { Owned } from '@vethra/state'
import type { AttachmentRecord } from '@vethra/world'
import { resultOf } from '../attach/cached-list.ts'
import { detachEach } from '../attach/detach-each.ts'
import { attachAnew } from '../attach/heal.ts'
import type { HostTools } from '../attach/host-tools.ts'
import { isProven } from '../attach/life.ts'
import { rememberedOnly } from '../attach/membership.ts'
import { isWhole } from '../attach/remembered.ts'
import { hostEndOf } from '../attach/replaced.ts'
import { waysByMark } from '../attach/ways-by-mark.ts'
import { isElsewhere, startedIn } from '../container/container-home.ts'
import { converge } from '../converge.ts'
import { type Appliers, ended, livingRecord } from './appliers.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { forgottenAttachment } from './forgotten.ts'
import { readNetworks } from './read-networks.ts'

/** The repairs of attachments. */
export const attachmentAppliers: Pick<
  Appliers,
  'detach' | 'reattach' | 'restore-inside' | 'restore-link' | 'restore-record' | 'restore-result'
> = {
  // DEL with what ADD was called with.
  async detach(tools, { attachment: key, netns = '' }) {
    const { networks } = await readNetworks(tools, await tools.namespaces())
    const list = networks.find(({ name }) => name === key.network)?.list
    const { attachment } = rememberedOnly(key)
    const membership = { network: key.network, list, attachment: { ...attachment, netns } }
    // The container lives, and is in this network no longer.
    if (netns !== '') await changeNames(tools, key, (names, ref) => namesWithout(names, [ref]))
    const detach = () => detachEach(tools.host, [membership])
    // Debian's bridge fails for rules that are gone, once: the second time the interface is gone, too.
    await (netns === '' ? detach() : detach().catch(detach))
  },

  // Under the addresses that it had, where they are free.
  async reattach(tools, { attachment: key }) {
    const { host } = tools
    const [cached, record] = [await host.cache.read(key), await livingRecord(tools, key)]
    if (record === undefined || !isWhole(cached)) return ended
    const list = parseConfList(cached.listText)
    const { result } = parseResult(cached.result ?? '', list.cniVersion)
    const attachment = { ...cached.attachment, netns: record.netns }
    const plain: Membership = { network: key.network, list, attachment }
    await removeCutOff(host, record)
    const made = await attachAnew(host, [asBefore(plain, result), plain])
    await changeNames(tools, key, (names, ref) => ({
      ...names,
      networks: { ...names.networks, [ref]: made.result },
    }))
    return undefined
  },

  async 'restore-inside'(tools, { attachment, desired }) {
    const { host } = tools
    const [record, kernel] = [await livingRecord(tools, attachment), await host.kernel?.()]
    if (record === undefined || kernel === undefined) return ended
    // The container may have renamed ours, and have another of its name. Only bridge and ptp tell their end on the host.
    const end = hostEndOf(resultOf(await host.cache.read(record)))
    if (end !== undefined && end !== (await otherEndOf(host, record))) return elsewhere
    const links = desired.filter(({ resource }) => resource.kind === 'link settings')
    // An interface of a small MTU has no setting of IPv6.
    for (const part of [links, [...desired.flatMap(ipv6On).slice(0, 1), ...desired]]) {
      const outcome = await converge(kernel, { netns: record.netns, desired: part })
      if (outcome.kind === 'failed') throw outcome.error
    }
    return undefined
  },

  async 'restore-link'(tools, { kind: _, attachment: key, link: name, ...link }) {
    const record = await livingRecord(tools, key)
    // A name alone may be another's by now: of a container that another runtime made, or of the host.
    if (record === undefined || (await otherEndOf(tools.host, record)) !== name) return elsewhere
    return tools.kernel.restoreLink({ name, ...link })
  },

  async 'restore-result'(tools, { attachment: key }) {
    const { cache } = tools.host
    const { made } = (await livingRecord(tools, key)) ?? {}
    if (made === undefined) return ended
    await cache.write(made)
    return cache.flush()
  },

  // The cached result and the interface inside prove which namespace it is in.
  async 'restore-record'(tools, { attachment: key }) {
    const { host } = tools
    const [record, entry] = [await host.records.read(key), await host.cache.read(key)]
    const container = await containerOf(tools, key.containerId)
    const cached =
      container && !isWhole(entry) ? await forgottenAttachment(tools, key, container) : entry
    if (!isWhole(cached)) return ended
    const { netns } = cached.attachment
    const seen = await host.netns.look(netns)
    const wanted = { ...key, ...record, netns, ...identityOf(seen) }
    const isOthers = isElsewhere(container && (await homeIn(tools, container)), seen)
    if (isOthers || !(await isProven(host, { ...wanted, made: cached }, seen)))
      return 'nothing proves its namespace'
    if (cached !== entry) {
      await host.cache.write(cached)
      await host.cache.flush()
    }
    const ways = record?.ways ?? (await waysByMark(host, cached))
    const again = { ...wanted, ...(ways ? { ways } : {}) }
    await host.records.write(again)
    // With what is cached, so that it can be cached again.
    await host.records.write({ ...again, made: cached })
    return host.records.flush()
  },
}

// An interface takes no IPv6 address while IPv6 is off on it.
function ipv6On({ owner, resource }: Owned): readonly Owned[] {
  if (resource.kind !== 'address' || !resource.address.includes(':')) return []
  const key = `net/ipv6/conf/${resource.link}/disable_ipv6`
  return [{ owner, resource: { kind: 'sysctl', place: 'container', key, value: '0' } }]
}

const elsewhere = 'the interface of that name leads elsewhere'

async function otherEndOf(
  { netns }: HostTools,
  record: AttachmentRecord,
): Promise<string | undefined> {
  return (await netns.linkAt(record.netns, record.ifname))?.otherEnd
}

// Its other end is away from this host: as long as it is there, no other can be made. Its MAC and addresses tell whose it is.
async function removeCutOff(host: HostTools, record: AttachmentRecord): Promise<void> {
  const { netns, ifname, network, containerId } = record
  const kernel = await host.kernel?.()
  const seen = await host.netns.look(netns)
  if (kernel === undefined || !(await isProven(host, record, seen))) return
  if (await otherEndOf(host, record)) return
  const owner = { kind: 'attachment', network, containerId, ifname } as const
  const resource = {
    ...({ kind: 'link', place: 'container', name: ifname, up: true } as const),
    type: { name: 'dummy' },
  } as const
  const { failed } = await kernel.apply(netns, [{ kind: 'remove', from: { owner, resource } }])
  if (failed) throw failed.error
}

// With the address and MAC that it had: whoever speaks to it goes on doing so.
function asBefore(membership: Membership, { ips, interfaces }: Result): Membership {
  const { attachment, list } = membership
  const addresses = ips.map(({ address }) => address)
  const takesMany = list?.plugins.some(({ capabilities }) => capabilities['ips'] === true) === true
  const first = readCidr(addresses[0] ?? '') ? addresses[0]?.split('/')[0] : undefined
  const mac = interfaces.find(({ sandbox = '' }) => sandbox !== '')?.mac
  const asked: CniArgs = [
    ['IgnoreUnknown', '1'],
    ...(first === undefined || takesMany ? [] : [['IP', first] as const]),
    ...(mac === undefined || mac === '' ? [] : [['MAC', mac] as const]),
  ]
  const capabilityArgs = {
    ...attachment.capabilityArgs,
    ...(takesMany ? { ips: addresses } : {}),
  }
  const cniArgs = [...new Map([...attachment.cniArgs, ...asked])]
  return { ...membership, attachment: { ...attachment, cniArgs, capabilityArgs } }
}

// In the files of the container's peers, by the reference that it has for the network.
async function changeNames(
  tools: DoctorTools,
  { network, containerId }: AttachmentKey,
  change: (names: ContainerNames, ref: string) => ContainerNames,
): Promise<void> {
  const container = await containerOf(tools, containerId)
  if (container === undefined) return
  const hosts = await tools.hosts(container.namespace)
  const { networks } = await readNetworks(tools, [container.namespace])
  const names = await hosts.read(container.id)
  const ref = Object.keys(names?.networks ?? {}).find(
    (each) => (findNetwork(networks, each)?.name ?? each) === network,
  )
  if (names !== undefined && ref !== undefined) await hosts.acquire(change(names, ref))
}

async function homeIn({ containers }: DoctorTools, { namespace, id }: ContainerRef) {
  return startedIn(await containers(namespace).read(id, 'lifecycle.json'))
}

// The one that DATA_STORE has. A record of 0.1 names no container: any namespace may be the beginning of its id.
async function containerOf(
  { host, namespaces, containers }: DoctorTools,
  containerId: string,
): Promise<ContainerRef | undefined> {
  const [record] = await host.records.list(containerId)
  const now = splitContainerId(containerId)
  const then = (await namespaces())
    .map((namespace) => ({ namespace, id: containerId.slice(namespace.length + 1) }))
    .filter((ref) => dashJoined(ref) === containerId)
  const recorded = record?.container
  for (const ref of recorded ? [recorded] : [...(now ? [now] : []), ...then])
    if (ref.namespace !== '' && (await containers(ref.namespace).list()).includes(ref.id))
      return ref
  return undefined
}
