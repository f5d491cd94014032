import { withDropIns } from '@vethra/conflist'
import type { Membership } from '@vethra/engine'
import { defaultNetworkName, findNetwork, type Network, networksFromFiles } from '@vethra/networks'
import type { World } from '@vethra/world'
import type { Container } from './container.ts'
import { joinedBy } from './joined-by.ts'
import { membershipsOf, type PlannedMembership, publishing } from './memberships.ts'

/**
 * The memberships of a container in its networks, in order, drop-ins included; one of them
 * publishes its ports.
 */
export async function plannedMemberships(
  world: World,
  container: Container,
  netns: string,
): Promise<readonly Membership[]> {
  const networks = await networksFor(world, container)
  const joined = await joinedBy(world.files, container)
  const planned = membershipsOf(container.request, networks, netns)
  const inIt = joined === undefined ? planned : planned.map((each) => ({ ...each, joined }))
  const whole = await Promise.all(inIt.map((each) => withItsDropIns(world, container, each)))
  return publishing(whole, container.request)
}

// The default network appears on its first use: with a bundle of nerdctl's, or after it was removed.
async function networksFor(
  world: World,
  { request, record }: Container,
): Promise<readonly Network[]> {
  const folder = world.networks(request.namespace)
  const known = networksFromFiles(await folder.list()).networks
  const isAsked = request.networks.some(({ ref }) => ref === defaultNetworkName)
  if (!isAsked || findNetwork(known, defaultNetworkName) !== undefined) return known
  // Rarely needed, and much to read: every start would pay for it.
  const { ensureDefaultNetwork } = await import('./default-network.ts')
  const { settings } = world.resolved
  const effects = await world.facts()
  await record(await ensureDefaultNetwork({ networks: folder, settings, effects }))
  return networksFromFiles(await folder.list()).networks
}

async function withItsDropIns(
  world: World,
  { request }: Container,
  membership: PlannedMembership,
): Promise<Membership> {
  const { list, file } = membership
  if (list === undefined || list.loadOnlyInlinedPlugins) return membership
  const dropIns = await world.networks(request.namespace).dropIns(file, list.name)
  return { ...membership, list: withDropIns(list, dropIns) }
}
