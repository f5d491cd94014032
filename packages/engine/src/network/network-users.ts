import { contains, readAddress, readCidr } from '@vethra/address'
import { type ContainerRef, containerIdOf, dashJoined, orElse, splitContainerId } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import { type BundleRecord, parseRecord } from '@vethra/container'
import { findNetwork, type Network, networkBridge, networkSubnets } from '@vethra/networks'
import { othersOf } from '../container/others.ts'
import { readPods } from '../container/pods.ts'
import { placesOfNetwork, reservationsAt } from './ipam-places.ts'
import { networksOfOthers } from './known-networks.ts'
import type { ManageTools } from './tools.ts'

/** A network's containers for people, by name or id, once each, sorted: attached, reserved, or not undone. */
export async function usersOf(tools: ManageTools, network: Network): Promise<readonly string[]> {
  const ids = await containersIn(tools, network)
  if (ids.length === 0) return []
  const known = await containerLabels(tools)
  return [...new Set(ids.map((id) => known.get(id) ?? id))].sort()
}

/** The names of networks that a prepared or stopped container of any namespace refers to: it could not start without them. */
export async function referredNetworks(
  tools: ManageTools,
  networks: readonly Network[],
): Promise<ReadonlySet<string>> {
  const refs = (await recordsOfAll(tools)).flatMap((record) => record.networks)
  return new Set(refs.flatMap(({ ref }) => findNetwork(networks, ref)?.name ?? []))
}

/** The decisions of `bundle prepare` for every container of every namespace. Damaged ones are left out. */
export async function recordsOfAll({ containers }: ManageTools): Promise<readonly BundleRecord[]> {
  return (await containers.decisions()).flatMap((each) => orElse(() => [parseRecord(each)], []))
}

// Plugins, the cache and reservations know a network by its name alone: what a namesake's containers have
// is told by the namespace that their ids begin with, by the conf list that attached them, or by their addresses.
async function containersIn(tools: ManageTools, network: Network): Promise<readonly string[]> {
  const { host, settings } = tools
  const attached = (await host.cache.list()).filter((entry) => entry.network === network.name)
  // One that could not be undone has neither: its record would be an orphan without the conf list.
  const recorded = (await host.records.list()).filter((record) => record.network === network.name)
  const reserved = await reservationsAt(await placesOfNetwork(tools, network))
  const made = [...attached, ...recorded.flatMap(({ made, asked }) => made ?? asked ?? [])]
  const others = made.filter(({ listText }) => isOfNamesake(listText, network))
  const theirs = new Set(others.map(({ attachment }) => attachment.containerId))
  const ids = [
    ...recorded.map(({ containerId }) => containerId),
    ...attached.map(({ attachment }) => attachment.containerId),
    ...reserved.flatMap(({ reservation }) =>
      mayGive(network, reservation.address) ? [reservation.containerId] : [],
    ),
  ].filter((id) => !theirs.has(id))
  const foreign = await networksOfOthers(tools.networks)
  const namesakes = foreign.filter(({ name }) => name === network.name)
  const namespaces = namesakes.map(({ file }) => namespaceOf(file))
  const elsewhere = namespaces.filter((each) => each !== settings.namespace)
  const isElsewhere = (id: string) => elsewhere.includes(splitContainerId(id)?.namespace ?? '')
  return ids.filter((id) => !isElsewhere(id))
}

/** Whether a conf list is that of another network of the same name: on another bridge, and with no subnet in common. */
function isOfNamesake(listText: string, network: Network): boolean {
  const list = orElse(() => parseConfList(listText), undefined)
  if (list === undefined) return false
  const other = { ...network, list, labels: {} }
  const subnets = subnetsOf(network)
  const isShared = subnetsOf(other).some((each) => subnets.includes(each))
  return networkBridge(other) !== networkBridge(network) && !isShared
}

function subnetsOf(network: Network): readonly string[] {
  return networkSubnets(network).map(({ subnet }) => subnet)
}

// Namesakes keep their reservations in one folder.
function mayGive(network: Network, address: string): boolean {
  const subnets = subnetsOf(network)
  const at = readAddress(address)
  if (at === undefined || subnets.length === 0) return true
  const prefixes = subnets.flatMap((subnet) => readCidr(subnet)?.prefix ?? [])
  return prefixes.some((prefix) => contains(prefix, at))
}

function namespaceOf(file: string): string {
  return file.split('/').at(-2) ?? ''
}

/** The names of containers and pods by the id of plugins: name, else id, with the namespace where it is another. */
export async function containerLabels(tools: ManageTools): Promise<ReadonlyMap<string, string>> {
  const { hosts, settings, host } = tools
  const own = settings.namespace
  const attached = (await hosts.list()).map((each) => ({ ...each, namespace: own }))
  const known = [...attached, ...(await recordsOfAll(tools))].map(({ namespace, id, name }) => {
    const where = namespace === own ? '' : ` in namespace ${namespace}`
    return { ref: { namespace, id }, label: `${name || id}${where}` }
  })
  const ids = (idOf: (ref: ContainerRef) => string) =>
    known.map(({ ref, label }) => [idOf(ref), label] as const)
  const pods = (await readPods(host)).flatMap(({ id, names }) =>
    names?.name ? [[id, names.name] as const] : [],
  )
  const others = (await othersOf(tools)).flatMap(({ id, names, attachments }) =>
    attachments.map(({ containerId }) => [containerId, names?.name || id] as const),
  )
  // Those that 0.1 attached are known by the other.
  return new Map([...pods, ...others, ...ids(dashJoined), ...ids(containerIdOf)])
}

/** The networks that belong to this namespace alone; in `default`, all. */
export function ownNetworks(
  { settings }: ManageTools,
  networks: readonly Network[],
): readonly Network[] {
  const { namespace } = settings
  return namespace === 'default'
    ? networks
    : networks.filter(({ file }) => namespaceOf(file) === namespace)
}
