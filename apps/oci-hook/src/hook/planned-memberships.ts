import { CniError, containerIdOf, explain, jsonOrNull } from '@vethra/cni'
import {
  type HookRequest,
  type JoiningContainer,
  joinedNamespace,
  type Membership,
  membershipsOf,
} from '@vethra/container'
import { insidePorts, wholeNetworks } from '@vethra/engine'
import { defaultNetworkName, findNetwork, type Network, networksFromFiles } from '@vethra/networks'
import type { World } from '@vethra/world'
import type { Container } from './container.ts'

/** The memberships of a container in its networks, in order, drop-ins included; one of them publishes its ports. */
export async function plannedMemberships(
  world: World,
  container: Container,
  netns: string,
): Promise<readonly Membership[]> {
  const { request } = container
  const known = await networksFor(world, container)
  const joined = await joinedBy(world, container)
  const folder = world.networks(request.namespace)
  const wanted = await wholeNetworks(folder, known, request.networks)
  const ports = await insidePorts(world, request.ports)
  return membershipsOf({ ...joiningOf(request), ports, netns, joined }, wanted)
}

/** A container that is in no network, before it has a network namespace. */
export function joiningOf(request: HookRequest): JoiningContainer {
  const { namespace, id, hostname, ports } = request
  const containerId = containerIdOf(request)
  return { container: { namespace, id }, containerId, netns: '', hostname, ports, taken: [] }
}

// The path in config.json of the network namespace that it joins; undefined without one, or where that cannot be read.
async function joinedBy(
  { files }: World,
  { state, record }: Container,
): Promise<string | undefined> {
  try {
    return joinedNamespace(jsonOrNull((await files.read(`${state.bundle}/config.json`)) ?? ''))
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    await record(explain(error, 'warning'))
    return undefined
  }
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
  await record(await ensureDefaultNetwork({ networks: folder, host: world, settings, effects }))
  return networksFromFiles(await folder.list()).networks
}
