import { readCidr } from '@vethra/address'
import { type CniArgs, isSameNamespace, parseResult, type Result } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import type { Membership } from '@vethra/container'
import type { Repair } from '@vethra/findings'
import { findNetwork, type Network } from '@vethra/networks'
import type { AttachmentKey, HostsStore } from '@vethra/world'
import { attachAnew, detachIfDue } from '../attach/heal.ts'
import { lifeNow } from '../attach/life.ts'
import { isUsable, lifeOfCached, livingRecord } from './alive.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { readNetworks } from './observe.ts'
import type { RepairResult } from './repair-result.ts'
import { containerOf } from './stored-container.ts'

/** Detaches what is attached to a namespace that is gone, or was never finished: DEL with what ADD was called with. */
export async function detachDead(
  tools: DoctorTools,
  { attachment: key }: Extract<Repair, { kind: 'detach' }>,
): Promise<RepairResult> {
  const { host } = tools
  const { networks } = await readNetworks(tools, await tools.namespaces())
  const list = networks.find(({ name }) => name === key.network)?.list
  const record = await livingRecord(host, key)
  const netns = record?.netns ?? ''
  const { containerId, ifname } = key
  const attachment = { containerId, netns, ifname, cniArgs: [], capabilityArgs: {} }
  const membership = { network: key.network, list, attachment }
  const detach = () => detachIfDue(host, membership, () => isDue(tools, key, record !== undefined))
  // Debian's bridge fails for rules that are gone, once: the second time the interface is gone, too.
  const done = netns === '' ? await detach() : await detach().catch(detach)
  return done ? undefined : 'it is detached, or its container is there again'
}

async function isDue(
  { host }: DoctorTools,
  key: AttachmentKey,
  unfinished: boolean,
): Promise<boolean> {
  const [record, cached] = await Promise.all([host.records.read(key), host.cache.read(key)])
  if (record === undefined) {
    return cached !== undefined && (await lifeOfCached(host, cached)) === 'gone'
  }
  const life = await lifeNow(host, record)
  return unfinished ? life === 'alive' && !isUsable(cached) : life === 'gone'
}

/**
 * Attaches a living container again whose interface is missing, under the addresses that it had
 * where they are free.
 */
export async function reattach(
  tools: DoctorTools,
  { attachment: key }: Extract<Repair, { kind: 'reattach' }>,
): Promise<RepairResult> {
  const { host, kernel } = tools
  const cached = await host.cache.read(key)
  const record = await livingRecord(host, key)
  if (record === undefined || !isUsable(cached)) return 'it is not attached any more'
  const list = parseConfList(cached.listText)
  const { result } = parseResult(cached.result ?? '', list.cniVersion)
  const plain: Membership = {
    network: key.network,
    list,
    attachment: { ...cached.attachment, netns: record.netns },
  }
  const ways = [asBefore(plain, result), plain] as const
  const isNeeded = async () => {
    const now = await livingRecord(host, key)
    if (now === undefined || isSameNamespace(now, record) === false) return false
    if (now.asked !== undefined) return true
    const names = new Set((await kernel.links()).map(({ name }) => name))
    return result.interfaces.some(({ name, sandbox = '' }) => sandbox === '' && !names.has(name))
  }
  const made = await attachAnew(host, ways, isNeeded)
  if (made === undefined) return 'its interface is there, or it is not attached any more'
  await tellPeers(tools, key, made.result)
  return undefined
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
  await changeNetwork(hosts, id, networks, network, result)
}

async function changeNetwork(
  hosts: HostsStore,
  id: string,
  networks: readonly Network[],
  network: string,
  result: Result,
): Promise<void> {
  const names = await hosts.read(id)
  const ref = Object.keys(names?.networks ?? {}).find(
    (each) => (findNetwork(networks, each)?.name ?? each) === network,
  )
  if (names === undefined || ref === undefined) return
  await hosts.acquire({ ...names, networks: { ...names.networks, [ref]: result } })
}
