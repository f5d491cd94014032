import { type Network, networksFromFiles } from '@vethra/networks'
import { cachedList, type Membership } from '@vethra/plan'
import { goField } from '@vethra/spec'
import type { Container } from './container.ts'
import { membershipsOf, publishing } from './memberships.ts'
import type { Tools } from './tools.ts'

/** Waits for work, and tells of its failure elsewhere. */
type Attempt = <T>(work: Promise<T>) => Promise<T | undefined>

/**
 * The networks that a container is recorded to be attached to, where the cache remembers each: neither
 * conf lists nor the container's own files need be read to detach it then. Undefined otherwise.
 */
export async function attachedByRecord(
  { host }: Tools,
  containerId: string,
): Promise<readonly Membership[] | undefined> {
  const records = await host.records.list(containerId)
  const cached = await Promise.all(records.map((record) => host.cache.read(record)))
  const isKnown = cached.every((entry) => entry && cachedList(entry))
  if (records.length === 0 || !isKnown) return undefined
  return records.map(({ network, ifname }) => ({
    network,
    list: undefined,
    attachment: gone(containerId, ifname),
  }))
}

// The container's processes have gone, and the namespace with them: plugins are told no path.
function gone(containerId: string, ifname: string): Membership['attachment'] {
  return { containerId, netns: '', ifname, cniArgs: [], capabilityArgs: {} }
}

/**
 * The networks that a container which has stopped is attached to: those that are recorded, else those that
 * it asked for. Without a container only the former. What cannot be read is told by `attempt`, and done without.
 */
export async function attachedNow(
  tools: Tools,
  containerId: string,
  container: Container | undefined,
  attempt: Attempt,
): Promise<readonly Membership[]> {
  const namespace = container?.request.namespace ?? tools.settings.namespace
  const files = (await attempt(tools.networks(namespace).list())) ?? []
  const { networks } = networksFromFiles(files)
  const planned = container
    ? publishing(membershipsOf(container.request, networks, ''), container.request)
    : []
  const recorded = await attempt(recordedMemberships(tools, containerId, planned, networks))
  if (container === undefined || (recorded ?? []).length > 0) return recorded ?? []
  const failed = await attempt(startFailed(container))
  return failed === true ? await remembered(tools, planned) : planned
}

// What is attached now: networks that were connected while the container ran are among it, and those
// that were disconnected are not.
async function recordedMemberships(
  { host }: Tools,
  containerId: string,
  planned: readonly Membership[],
  networks: readonly Network[],
): Promise<readonly Membership[]> {
  const records = await host.records.list(containerId)
  return records.map(({ network, ifname }) => {
    const known = planned.find(
      (each) => each.network === network && each.attachment.ifname === ifname,
    )
    const list = networks.find(({ name }) => name === network)?.list
    return known ?? { network, list, attachment: gone(containerId, ifname) }
  })
}

// runc calls postStop after a start that failed and has been undone: plugins then have nothing to do,
// and what stopped the start, such as a missing plugin, would only be complained of again.
async function startFailed({ store, state }: Container): Promise<boolean> {
  const lifecycle = await store.read(state.id, 'lifecycle.json')
  return goField(lifecycle ?? null, 'create_error') === true
}

async function remembered(
  { host }: Tools,
  memberships: readonly Membership[],
): Promise<readonly Membership[]> {
  const entries = await Promise.all(
    memberships.map(({ network, attachment }) =>
      host.cache.read({ network, containerId: attachment.containerId, ifname: attachment.ifname }),
    ),
  )
  return memberships.filter((_, index) => entries[index] !== undefined)
}
