import { CniError, guards } from '@vethra/cni'
import { networkLeftovers, sharedLeftovers } from '@vethra/firewall'
import {
  bridgeName,
  modeNetwork,
  type Network,
  networkBridge,
  networkPlugins,
  networkSubnets,
  networksFromFiles,
} from '@vethra/networks'
import type { Owned } from '@vethra/state'
import { removeEffects } from '../remove-effects.ts'
import { tellNetwork } from '../tell.ts'
import { networksOfOthers } from './host-facts.ts'
import { placesOfNetwork } from './ipam-places.ts'
import { usersOf } from './network-users.ts'
import { networksNotFound, oneNetwork } from './one-network.ts'
import type { ManageTools } from './tools.ts'

/**
 * Removes networks in the order given, each with its bridge, rules and reservations. All are looked up
 * and checked before the first one goes. Throws CniError 101 for a network that is not there, 102 for
 * one that is in use or not ours.
 */
export async function removeNetworks(tools: ManageTools, refs: readonly string[]): Promise<void> {
  await tools.networks.exclusively(async () => {
    const { networks, faults } = networksFromFiles(await tools.networks.list())
    const found = refs.map((ref) => oneNetwork(networks, ref))
    const missing = refs.filter((_, index) => found[index] === undefined)
    const mode = missing.find((ref) => modeNetwork(ref))
    if (mode !== undefined) throw isMode(mode)
    if (missing.length > 0) throw networksNotFound(missing, faults)
    const doomed = [...new Set(found.flatMap((network) => network ?? []))]
    for (const network of doomed) await checkRemovable(tools, network)
    const elsewhere = await networksOfOthers(tools)
    for (const [index, network] of doomed.entries()) {
      const left = networks.filter((each) => !doomed.slice(0, index + 1).includes(each))
      await removeNetwork(tools, network, [...left, ...elsewhere])
    }
  })
}

async function checkRemovable(tools: ManageTools, network: Network): Promise<void> {
  const { name, file, managed } = network
  if (!managed) {
    throw new CniError({
      code: 102,
      message: `network ${JSON.stringify(name)} is managed outside vethra and cannot be removed`,
      hint: `Remove it with the program that made it, or delete ${file} yourself.`,
    })
  }
  const users = await usersOf(tools, network)
  if (users.length === 0) return
  throw new CniError({
    code: 102,
    message: `network ${JSON.stringify(name)} is in use by container ${JSON.stringify(users)}`,
    hint: 'Stop and delete these containers, then "vethra bundle rm" them; remove attachments of "vethra cni add" with "vethra cni del".',
  })
}

// The conf list goes last: killed anywhere before, the network is still there to be removed again.
async function removeNetwork(
  tools: ManageTools,
  network: Network,
  others: readonly Network[],
): Promise<void> {
  const bridge = networkBridge(network)
  if (bridge !== undefined) {
    const isShared = others.some(isOn(bridge))
    // They bear our mark, whatever the bridge is called.
    await removeElements(tools, network, isShared ? undefined : bridge)
    if (!isShared && isOurs(tools, network, bridge)) {
      await removeRules(tools, (text) => networkLeftovers(text, bridge))
      await tools.effects.deleteLink(bridge)
    }
  }
  if (!others.some(usesSharedChains)) {
    const { lock, places } = tools.host
    await lock.hold(guards['shared-chains'](places), () => removeRules(tools, sharedLeftovers))
  }
  // Namesakes keep their reservations in one folder.
  const hasNamesake = others.some(({ name }) => name === network.name)
  const places = hasNamesake ? [] : await placesOfNetwork(tools, network)
  for (const { store } of places) await store.removeNetwork(network.name)
  await tools.networks.remove(network.file)
  await tellNetwork(tools.host, 'network-removed', network.name)
}

// Only a bridge of a name that we give is ours: a file may say anything.
function isOurs({ settings }: ManageTools, { name }: Network, bridge: string): boolean {
  return bridge === bridgeName(name) || bridge === bridgeName(name, settings.namespace)
}

// nerdctl puts namesakes of two namespaces on one.
function isOn(bridge: string): (network: Network) => boolean {
  return (network) => networkBridge(network) === bridge
}

function isMode(ref: string): CniError {
  return new CniError({
    code: 102,
    message: `pseudo network not allowed: ${ref}`,
    hint: `"${ref}" is a network mode, which is always there.`,
  })
}

function usesSharedChains(network: Network): boolean {
  return networkPlugins(network).some((type) => type === 'portmap' || type === 'firewall')
}

// Namesakes of two containerd namespaces have one mark, and of two networks on one bridge the first may have gone: the
// bridge and the subnets tell which is whose.
async function removeElements(
  { host }: ManageTools,
  network: Network,
  bridge: string | undefined,
): Promise<void> {
  const subnets = networkSubnets(network).map(({ subnet }) => subnet)
  const isDoomed = ({ resource, owner }: Owned) => {
    if (owner.kind !== 'network') return false
    if ('bridge' in resource && resource.bridge !== '') return resource.bridge === bridge
    if (owner.network !== network.name) return false
    if (resource.kind === 'admit') return resource.subnets.every((each) => subnets.includes(each))
    return resource.kind === 'masquerade' && subnets.includes(resource.subnet)
  }
  const kernel = await host.kernel?.()
  const error = kernel && (await removeEffects(kernel, isDoomed))
  if (error) throw error
}

async function removeRules(
  { host }: ManageTools,
  removal: (saved: string) => string,
): Promise<void> {
  for (const { family, text } of await host.rules.save()) {
    const taken = removal(text)
    if (taken !== '') await host.rules.restore(family, taken)
  }
}
