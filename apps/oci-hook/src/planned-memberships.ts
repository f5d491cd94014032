import { withDropIns } from '@vethra/conflist'
import type { Membership } from '@vethra/engine'
import { defaultNetworkName, findNetwork, type Network, networksFromFiles } from '@vethra/networks'
import type { Container } from './container.ts'
import { joinedBy } from './joined-by.ts'
import { membershipsOf, type PlannedMembership, publishing } from './memberships.ts'
import type { Tools } from './tools.ts'

/**
 * The memberships of a container in its networks, in order, drop-ins included; one of them
 * publishes its ports.
 */
export async function plannedMemberships(
  tools: Tools,
  container: Container,
  netns: string,
): Promise<readonly Membership[]> {
  const networks = await networksFor(tools, container)
  const joined = await joinedBy(container)
  const planned = membershipsOf(container.request, networks, netns)
  const inIt = joined === undefined ? planned : planned.map((each) => ({ ...each, joined }))
  const whole = await Promise.all(inIt.map((each) => withItsDropIns(tools, container, each)))
  return publishing(whole, container.request)
}

// The default network appears on its first use: with a bundle of nerdctl's, or after it was removed.
async function networksFor(
  { networks, settings, effects }: Tools,
  { request, record }: Container,
): Promise<readonly Network[]> {
  const folder = networks(request.namespace)
  const known = networksFromFiles(await folder.list()).networks
  const isAsked = request.networks.some(({ ref }) => ref === defaultNetworkName)
  if (!isAsked || findNetwork(known, defaultNetworkName) !== undefined) return known
  // Rarely needed, and much to read: every start would pay for it.
  const { ensureDefaultNetwork } = await import('./default-network.ts')
  await record(await ensureDefaultNetwork({ networks: folder, settings, effects }))
  return networksFromFiles(await folder.list()).networks
}

async function withItsDropIns(
  tools: Tools,
  { request }: Container,
  membership: PlannedMembership,
): Promise<Membership> {
  const { list, file } = membership
  if (list === undefined || list.loadOnlyInlinedPlugins) return membership
  const dropIns = await tools.networks(request.namespace).dropIns(file, list.name)
  return { ...membership, list: withDropIns(list, dropIns) }
}
