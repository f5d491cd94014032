import { guards } from '@vethra/cni'
import { networkLeftovers, sharedLeftovers } from '@vethra/firewall'
import { type Network, networkBridge } from '@vethra/networks'
import { ownerMark } from '@vethra/state'
import { removeEffects } from '../remove-effects.ts'
import { tellNetwork } from '../tell.ts'
import { placesOfNetwork } from './ipam-places.ts'
import { isOf, type Removal, removalsOf } from './removals.ts'
import type { ManageTools } from './tools.ts'

/**
 * Removes networks in the order given, each with its bridge, rules and reservations. All are looked up
 * and checked before the first one goes. Throws CniError 101 for a network that is not there, 102 for
 * one that is in use or not ours.
 */
export async function removeNetworks(tools: ManageTools, refs: readonly string[]): Promise<void> {
  await tools.networks.exclusively(async () => {
    for (const removal of await removalsOf(tools, refs)) await removeNetwork(tools, removal)
  })
}

// The conf list goes last: killed anywhere before, the network is still there to be removed again.
async function removeNetwork(tools: ManageTools, removal: Removal): Promise<void> {
  const { network, bridge, takesBridge, heir, takesSharedRules, takesReservations } = removal
  // They bear our mark, whatever the bridge is called.
  if (networkBridge(network) !== undefined) await removeElements(tools, network, bridge)
  if (takesBridge && bridge !== undefined) {
    await removeRules(tools, (text) => networkLeftovers(text, bridge))
    await tools.effects.deleteLink(bridge)
  }
  const left = networkBridge(network)
  // By its name alone nobody would know later that it is ours.
  if (heir !== undefined && left !== undefined)
    await tools.effects.markLink(left, ownerMark({ kind: 'network', network: heir }))
  if (takesSharedRules) {
    const { lock, places } = tools.host
    await lock.hold(guards['shared-chains'](places), () => removeRules(tools, sharedLeftovers))
  }
  const places = takesReservations ? await placesOfNetwork(tools, network) : []
  for (const { store } of places) {
    // Of a namesake that cannot be seen from here: the network's own would have kept it.
    if ((await store.list(network.name)).length === 0) await store.removeNetwork(network.name)
  }
  await tools.networks.remove(network.file)
  await tellNetwork(tools.host, 'network-removed', network.name)
}

async function removeElements(
  { host }: ManageTools,
  network: Network,
  bridge: string | undefined,
): Promise<void> {
  const kernel = await host.kernel?.()
  const error = kernel && (await removeEffects(kernel, isOf(network, bridge)))
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
