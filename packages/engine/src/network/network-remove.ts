import { guards } from '@vethra/cni'
import { networkLeftovers, sharedLeftovers } from '@vethra/firewall'
import { type Network, networkBridge } from '@vethra/networks'
import { ownerMark, type State } from '@vethra/state'
import type { AttachmentKernel } from '@vethra/world'
import { changeRules } from '../change-rules.ts'
import { removeEffects } from '../remove-effects.ts'
import { tellNetwork } from '../tell.ts'
import { placesOfNetwork } from './ipam-places.ts'
import { isOf, type Removal, removalsOf } from './removals.ts'
import type { ManageTools } from './tools.ts'

/**
 * Removes networks in the order given, each with its bridge, rules and reservations. All are looked up
 * and checked before the first one goes. Throws CniError 101 for a network that is not there, 102 for
 * one that is in use or not ours. Returns the interfaces that stay because others made them, though they have the names of bridges.
 */
export async function removeNetworks(
  tools: ManageTools,
  refs: readonly string[],
): Promise<readonly string[]> {
  return tools.networks.exclusively(async () => {
    const removals = await removalsOf(tools, refs)
    for (const removal of removals) await removeNetwork(tools, removal)
    return removals.flatMap(({ leavesLink, bridge }) => (leavesLink ? (bridge ?? []) : []))
  })
}

// The conf list goes last: killed anywhere before, the network is still there to be removed again.
async function removeNetwork(tools: ManageTools, removal: Removal): Promise<void> {
  const { network, bridge, takesBridge, leavesLink, heir, ...takes } = removal
  // They bear our mark, whatever the bridge is called.
  if (networkBridge(network) !== undefined) await removeElements(tools, removal)
  if (takesBridge && bridge !== undefined) {
    await changeRules(tools.host.rules, ({ text }) => networkLeftovers(text, bridge))
    if (!leavesLink) await tools.effects.deleteLink(bridge)
  }
  const left = networkBridge(network)
  // By its name alone nobody would know later that it is ours.
  if (heir !== undefined && left !== undefined)
    await tools.effects.markLink(left, ownerMark({ kind: 'network', network: heir }))
  if (takes.takesSharedRules) {
    const { lock, places, rules } = tools.host
    await lock.hold(guards['shared-chains'](places), () =>
      changeRules(rules, ({ text }) => sharedLeftovers(text)),
    )
  }
  const places = takes.takesReservations ? await placesOfNetwork(tools, network) : []
  for (const { store } of places) {
    // Of a namesake that cannot be seen from here: the network's own would have kept it.
    if ((await store.list(network.name)).length === 0) await store.removeNetwork(network.name)
  }
  await tools.networks.remove(network.file)
  await tellNetwork(tools.host, 'network-removed', network.name)
}

async function removeElements(
  { host }: ManageTools,
  { network, bridge, heir }: Removal,
): Promise<void> {
  const kernel = await host.kernel?.()
  if (kernel === undefined) return
  if (heir !== undefined) await leaveElements(kernel, network, heir)
  const error = await removeEffects(kernel, isOf(network, bridge))
  if (error) throw error
}

// In one transaction: what is on the bridge goes on being reached, and its elements name a network that exists.
async function leaveElements(
  kernel: AttachmentKernel,
  network: Network,
  heir: string,
): Promise<void> {
  const left = (await kernel.effects()).flatMap(({ owner, resource }): State => {
    const isLeft =
      owner.kind === 'network' &&
      owner.network === network.name &&
      'bridge' in resource &&
      resource.bridge === networkBridge(network)
    if (!isLeft) return []
    // The subnets are the network's own.
    return [
      { owner, resource: resource.kind === 'admit' ? { ...resource, subnets: [] } : resource },
    ]
  })
  const owner = { kind: 'network', network: heir } as const
  const { failed } = await kernel.apply('', [
    ...left.map((from) => ({ kind: 'remove', from }) as const),
    ...left.map(({ resource }) => ({ kind: 'make', to: { owner, resource } }) as const),
  ])
  if (failed) throw failed.error
}
