import { networkLeftovers, sharedLeftovers } from '@vethra/firewall'
import { networkBridge } from '@vethra/networks'
import type { Resource } from '@vethra/state'
import { placesOfNetwork, reservationsAt } from './ipam-places.ts'
import { isOf, type Removal, removalsOf } from './removals.ts'
import type { ManageTools } from './tools.ts'

/** All that is removed with a network, as a dry run prints it. */
interface RemovalPlan {
  readonly Name: string
  /** The conf list, which goes last. */
  readonly File: string
  /** The bridge; empty when it stays, or there is none. */
  readonly Bridge: string
  /** The elements of table `inet vethra` that bear the network's mark. */
  readonly Elements: readonly Resource[]
  /** The input of iptables-restore, by family. */
  readonly Rules: readonly { readonly Family: 4 | 6; readonly Text: string }[]
  /** The addresses that are reserved. */
  readonly Reservations: readonly string[]
}

/** The plan of `removeNetworks`, in its order. Fails as it does, and changes nothing. */
export async function planRemovals(
  tools: ManageTools,
  refs: readonly string[],
): Promise<readonly RemovalPlan[]> {
  const plans: RemovalPlan[] = []
  for (const removal of await removalsOf(tools, refs)) plans.push(await planRemoval(tools, removal))
  return plans
}

async function planRemoval(tools: ManageTools, removal: Removal): Promise<RemovalPlan> {
  const { network, bridge, takesBridge, leavesLink, ...takes } = removal
  const kernel = await tools.host.kernel?.()
  const effects = networkBridge(network) === undefined ? [] : ((await kernel?.effects()) ?? [])
  const places = takes.takesReservations ? await placesOfNetwork(tools, network) : []
  const rules = (await tools.host.rules.save()).map(({ family, text }) => ({
    Family: family,
    Text:
      (takesBridge ? networkLeftovers(text, bridge ?? '') : '') +
      (takes.takesSharedRules ? sharedLeftovers(text) : ''),
  }))
  return {
    Name: network.name,
    File: network.file,
    Bridge: takesBridge && !leavesLink ? (bridge ?? '') : '',
    Elements: effects.filter(isOf(removal)).map(({ resource }) => resource),
    Rules: rules.filter(({ Text }) => Text !== ''),
    Reservations: (await reservationsAt(places)).map(({ reservation }) => reservation.address),
  }
}
