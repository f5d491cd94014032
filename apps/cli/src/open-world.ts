import { explain } from '@vethra/cni'
import { containersIn, type KnownTools } from '@vethra/engine'
import type { GivenSettings } from '@vethra/settings'
import type { ConfDir, Hearer, Here, Io, Lists, World } from '@vethra/world'
import type { Call } from './call.ts'

/** Loads the settings and opens the world. Throws CniError 103 for settings that are wrong. */
export async function openWorld(flags: GivenSettings, here: Here, io: Io): Promise<World> {
  return here.world(await here.settings(flags), hearer(io))
}

// The part of the world that lists.
async function openLists({ flags, here, io }: Call): Promise<Lists> {
  return here.lists(await here.settings(flags), hearer(io))
}

function hearer(io: Io): Hearer {
  return { onLine: io.complain, onFault: (fault) => warn(fault, io) }
}

function warn(fault: unknown, io: Io): void {
  for (const line of explain(fault, 'warning')) io.complain(line)
}

/** The conf lists, in the namespace of the settings. Throws as `openWorld` does. */
export async function openNetworks(call: Call): Promise<{ readonly networks: ConfDir }> {
  const world = await openLists(call)
  return { networks: world.networks(world.resolved.settings.namespace) }
}

/** The parts that list containers, in the namespace of the settings. Throws as `openWorld` does. */
export async function openContainers(call: Call): Promise<KnownTools> {
  const world = await openLists(call)
  return containersIn(world, world.resolved.settings.namespace)
}
