import { guards } from '@vethra/cni'
import { networkLeftovers, sharedLeftovers } from '@vethra/firewall'
import { type Network, networkBridge } from '@vethra/networks'
import { ownerMark, type State } from '@vethra/state'
import type { AttachmentKernel } from '@vethra/world'
import { holdingNetworks } from '../attach/holding.ts'
import { changeRules } from '../change-rules.ts'
import { emitNetwork } from '../emit-events.ts'
import { removeEffects } from '../remove-effects.ts'
import { placesOfNetwork } from './ipam-places.ts'
import { knownNetworks } from './known-networks.ts'
import { unusedNetworks } from './network-prune.ts'
import { missingNetworks, oneNetwork } from './one-network.ts'
import { isOf, type Removal, removalsOf } from './removals.ts'
import type { ManageTools } from './tools.ts'

/** Networks that were removed. */
export interface RemovedNetworks {
  /** As they were called, in that order. */
  readonly removed: readonly string[]
  /** The interfaces that stay because others made them, though they have the names of bridges. */
  readonly leftLinks: readonly string[]
}

/**
 * Removes networks in the order given, each with its bridge, rules and reservations. All are looked up
 * and checked before the first one goes. Throws CniError 101 for a network that is missing, 102 for
 * one that is in use or not ours. With `force` those that are missing are left out.
 */
export async function removeNetworks(
  tools: ManageTools,
  refs: readonly string[],
  { force = false }: { readonly force?: boolean } = {},
): Promise<RemovedNetworks> {
  const known = await knownNetworks(tools.networks)
  const names = refs.flatMap((ref) => oneNetwork(known, ref)?.name ?? [])
  return removeHeld(tools, names, async () => {
    const missing = force ? await missingNetworks(tools, refs) : []
    return refs.filter((each) => !missing.includes(each))
  })
}

/** Removes all unused networks as `unusedNetworks` has them, but those that are used by then. Throws as `removeNetworks`. */
export async function pruneNetworks(
  tools: ManageTools,
  filters: readonly string[] = [],
): Promise<RemovedNetworks> {
  const names = await unusedNetworks(tools, filters)
  return removeHeld(tools, names, async () => {
    const unused = await unusedNetworks(tools, filters)
    return names.filter((each) => unused.includes(each))
  })
}

// The locks of networks come first: a repair of one holds it while it writes a conf list. `choose` is asked while
// all are held, and before, so that no lock file is left where nothing can be removed.
async function removeHeld(
  tools: ManageTools,
  names: readonly string[],
  choose: () => Promise<readonly string[]>,
): Promise<RemovedNetworks> {
  const wanted = await removalsOf(tools, await choose())
  if (wanted.length === 0) return { removed: [], leftLinks: [] }
  return holdingNetworks(tools.host, names, () =>
    tools.networks.exclusively(async () => {
      const removed = await choose()
      const removals = await removalsOf(tools, removed)
      for (const removal of removals) await removeNetwork(tools, removal)
      const leftLinks = removals.flatMap((each) => (each.leavesLink ? (each.bridge ?? []) : []))
      return { removed, leftLinks }
    }),
  )
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
  await emitNetwork(tools.host, 'network-removed', network.name)
}

async function removeElements({ host }: ManageTools, removal: Removal): Promise<void> {
  const { network, heir } = removal
  const kernel = await host.kernel?.()
  if (kernel === undefined) return
  if (heir !== undefined) await leaveElements(kernel, network, heir)
  const error = await removeEffects(kernel, isOf(removal))
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
