import { type ContainerRef, goField } from '@vethra/cni'
import { type Membership, membershipsOf } from '@vethra/container'
import {
  type Attempt,
  cachedList,
  lifeNow,
  lifeOfEntry,
  recordsOf,
  rememberedOnly,
  wantedNetworks,
} from '@vethra/engine'
import { type Network, networksFromFiles } from '@vethra/networks'
import type { AttachmentRecord, World } from '@vethra/world'
import type { Container } from './container.ts'
import { joiningOf } from './planned-memberships.ts'

/** A container's recorded networks, where the cache has each: its own files are not read then. Else undefined. */
export async function attachedByRecord(
  world: World,
  ref: ContainerRef,
): Promise<readonly Membership[] | undefined> {
  const records = await recordsOf(world.records, ref)
  // One of 0.1 does not tell whose it is: see `ownRecords`.
  if (records.some(({ container }) => container === undefined)) return undefined
  const cached = await Promise.all(records.map((record) => world.cache.read(record)))
  const isKnown = cached.every((entry) => entry && cachedList(entry))
  if (records.length === 0 || !isKnown) return undefined
  return records.map(rememberedOnly)
}

/** A container that has stopped; its request and files are undefined where they cannot be read. */
export interface Stopping extends ContainerRef {
  readonly container: Container | undefined
}

/** The recorded networks of a stopped container, else those that it asked for. `attempt` logs what cannot be read. */
export async function attachedNow(
  world: World,
  { namespace, id, container }: Stopping,
  attempt: Attempt,
): Promise<readonly Membership[]> {
  const ref = { namespace, id }
  const files = (await attempt('read the networks', () => world.networks(namespace).list())) ?? []
  const { networks } = networksFromFiles(files)
  const planned = container
    ? membershipsOf(
        joiningOf(container.request),
        wantedNetworks(networks, container.request.networks),
      )
    : []
  const records = (await attempt('read what is attached', () => ownRecords(world, ref))) ?? []
  const recorded = recordedMemberships(records, planned, networks)
  if (container === undefined || recorded.length > 0) return recorded
  return (await attempt('read lifecycle.json', () => startFailed(container))) === true
    ? await remembered(world, planned)
    : planned
}

// One of 0.1 that lives is of the container whose names are known, as they are from its start to its end.
async function ownRecords(world: World, ref: ContainerRef): Promise<readonly AttachmentRecord[]> {
  const records = await recordsOf(world.records, ref)
  if (records.every(({ container }) => container !== undefined)) return records
  if ((await (await world.hosts(ref.namespace)).read(ref.id)) !== undefined) return records
  const lives = await Promise.all(records.map((each) => lifeNow(world, each)))
  return records.filter(({ container }, index) => container || lives[index] === 'gone')
}

// What is attached now: networks that were connected while the container ran are among it, and those
// that were disconnected are not.
function recordedMemberships(
  records: readonly AttachmentRecord[],
  planned: readonly Membership[],
  networks: readonly Network[],
): readonly Membership[] {
  return records.map(({ network, containerId, ifname }) => {
    const known = planned.find(
      ({ attachment, ...each }) =>
        each.network === network &&
        attachment.ifname === ifname &&
        attachment.containerId === containerId,
    )
    const list = networks.find(({ name }) => name === network)?.list
    return known ?? { ...rememberedOnly({ network, containerId, ifname }), list }
  })
}

// runc calls postStop after a start that failed and has been undone: plugins then have nothing to do,
// and what stopped the start, such as a missing plugin, would only be complained of again.
async function startFailed({ store, state }: Container): Promise<boolean> {
  const lifecycle = await store.read(state.id, 'lifecycle.json')
  return goField(lifecycle, 'create_error') === true
}

async function remembered(
  world: World,
  memberships: readonly Membership[],
): Promise<readonly Membership[]> {
  const left = await Promise.all(
    memberships.map(async ({ network, attachment: { containerId, ifname } }) => {
      const entry = await world.cache.read({ network, containerId, ifname })
      return entry !== undefined && (await lifeOfEntry(world, entry)) !== 'alive'
    }),
  )
  return memberships.filter((_, index) => left[index])
}
