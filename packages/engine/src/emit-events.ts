import type { NewEvent } from '@vethra/api'
import type { ContainerRef, ParsedResult } from '@vethra/cni'
import type { BundleRecord, Membership } from '@vethra/container'
import type { HostTools } from './attach/host-tools.ts'

type Emitter = Pick<HostTools, 'events'>

/** Writes the events of one container attached to networks; results stand in the order of memberships. */
export async function emitAttached(
  { events }: Emitter,
  memberships: readonly Membership[],
  results: readonly ParsedResult[],
): Promise<void> {
  for (const [at, each] of memberships.entries()) {
    const Addresses = (results[at]?.result.ips ?? []).map(({ address }) => address)
    const place = placeOf(each)
    const Message = `${subjectOf(place)} attached to network ${each.network}: ${Addresses.join(', ')}`
    await events?.append({ Type: 'container-attached', Message, ...place, Addresses })
  }
}

/** Writes the event of an attachment that was removed; it names its container where one is known. */
export async function emitDetached(
  { events }: Emitter,
  membership: Membership,
  container: ContainerRef | undefined,
): Promise<void> {
  const place = placeOf({ ...membership, ...(container ? { container } : {}) })
  const Message = `${subjectOf(place)} detached from network ${membership.network}`
  await events?.append({ Type: 'container-detached', Message, ...place })
}

/** Writes the event of a network that was created or removed. */
export async function emitNetwork(
  { events }: Emitter,
  Type: 'network-created' | 'network-removed',
  Network: string,
): Promise<void> {
  const Message = `network ${Network} ${Type === 'network-created' ? 'created' : 'removed'}`
  await events?.append({ Type, Message, Subject: Network, Network })
}

/** Writes the event of a container that is in a network, or not, from now on. */
export async function emitConnection(
  { events }: Emitter,
  Type: 'container-connected' | 'container-disconnected',
  { network: Network, record }: { readonly network: string; readonly record: BundleRecord },
): Promise<void> {
  const { id: Container, name: Name, namespace: Namespace } = record
  const how = Type === 'container-connected' ? 'connected to' : 'disconnected from'
  const Subject = Name || Container
  const Message = `container ${Subject} ${how} network ${Network}`
  await events?.append({ Type, Message, Subject, Network, Container, Name, Namespace })
}

/** Writes the event of a container that was forgotten. */
export async function emitRemoved(
  { events }: Emitter,
  told: Required<Pick<NewEvent, 'Container' | 'Name' | 'Namespace'>>,
): Promise<void> {
  const Subject = told.Name || told.Container
  const Message = `container ${Subject} removed`
  await events?.append({ Type: 'container-removed', Message, Subject, ...told })
}

/** Writes the event of an address that was released by hand. */
export async function emitReleased(
  { events }: Emitter,
  Network: string,
  address: string,
): Promise<void> {
  const Message = `${address} of network ${Network} released`
  const told = { Subject: address, Network, Addresses: [address] }
  await events?.append({ Type: 'reservation-released', Message, ...told })
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
