import type { NewEvent } from '@vethra/api'
import type { ContainerRef, ParsedResult } from '@vethra/cni'
import type { BundleRecord, Membership } from '@vethra/container'
import type { HostTools } from './attach/host-tools.ts'

type Teller = Pick<HostTools, 'events'>

/** Tells of one container attached to networks; results stand in the order of memberships. */
export async function tellAttached(
  { events }: Teller,
  memberships: readonly Membership[],
  results: readonly ParsedResult[],
): Promise<void> {
  for (const [at, each] of memberships.entries()) {
    const Addresses = (results[at]?.result.ips ?? []).map(({ address }) => address)
    const place = placeOf(each)
    const Message = `${subjectOf(place)} attached to network ${each.network}: ${Addresses.join(', ')}`
    await events?.tell({ Type: 'container-attached', Message, ...place, Addresses })
  }
}

/** Tells of an attachment that was removed, and of its container where one is known. */
export async function tellDetached(
  { events }: Teller,
  membership: Membership,
  container: ContainerRef | undefined,
): Promise<void> {
  const place = placeOf({ ...membership, ...(container ? { container } : {}) })
  const Message = `${subjectOf(place)} detached from network ${membership.network}`
  await events?.tell({ Type: 'container-detached', Message, ...place })
}

/** Tells of a network that was created or removed. */
export async function tellNetwork(
  { events }: Teller,
  Type: 'network-created' | 'network-removed',
  Network: string,
): Promise<void> {
  const Message = `network ${Network} ${Type === 'network-created' ? 'created' : 'removed'}`
  await events?.tell({ Type, Message, Subject: Network, Network })
}

/** Tells of a container that is in a network, or not, from now on. */
export async function tellConnection(
  { events }: Teller,
  Type: 'container-connected' | 'container-disconnected',
  { network: Network, record }: { readonly network: string; readonly record: BundleRecord },
): Promise<void> {
  const { id: Container, name: Name, namespace: Namespace } = record
  const how = Type === 'container-connected' ? 'connected to' : 'disconnected from'
  const Subject = Name || Container
  const Message = `container ${Subject} ${how} network ${Network}`
  await events?.tell({ Type, Message, Subject, Network, Container, Name, Namespace })
}

/** Tells of a container that was forgotten. */
export async function tellRemoved(
  { events }: Teller,
  told: Required<Pick<NewEvent, 'Container' | 'Name' | 'Namespace'>>,
): Promise<void> {
  const Subject = told.Name || told.Container
  const Message = `container ${Subject} removed`
  await events?.tell({ Type: 'container-removed', Message, Subject, ...told })
}

/** Tells of an address that was released by hand. */
export async function tellReleased(
  { events }: Teller,
  Network: string,
  address: string,
): Promise<void> {
  const Message = `${address} of network ${Network} released`
  const told = { Subject: address, Network, Addresses: [address] }
  await events?.tell({ Type: 'reservation-released', Message, ...told })
}

function placeOf({ network, attachment, container }: Membership) {
  const { containerId, ifname } = attachment
  const whose = container
    ? { Container: container.id, Namespace: container.namespace }
    : { Container: containerId }
  return { Subject: whose.Container, Network: network, ...whose, Interface: ifname }
}

function subjectOf({ Container, Interface }: ReturnType<typeof placeOf>): string {
  return `${Interface} of container ${Container}`
}
