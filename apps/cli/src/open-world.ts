import { explain } from '@vethra/cni'
import { containersIn, inNamespace, type KnownTools, type ManageTools } from '@vethra/engine'
import type { ResolvedSettings } from '@vethra/settings'
import type { ConfDir, Hearer, Io, Lists, World } from '@vethra/world'
import type { Call } from './call.ts'

/** Loads the settings and opens the world. Throws CniError 103 for settings that are wrong. */
export async function openWorld({ flags, here, io }: Call): Promise<World> {
  return here.world(await here.settings(flags), hearer(io))
}

/** A world in the containerd namespace of its settings. */
export interface Tools extends ManageTools {
  readonly resolved: ResolvedSettings
}

/** Opens the world in the namespace of the settings. Throws as `openWorld` does. */
export async function openTools(call: Call): Promise<Tools> {
  const world = await openWorld(call)
  const { resolved } = world
  return { ...(await inNamespace(world, resolved.settings.namespace)), resolved }
}

// The part of the world that lists.
async function openLists({ flags, here, io }: Call): Promise<Lists> {
  return here.lists(await here.settings(flags), hearer(io))
}

function hearer(io: Io): Hearer {
  return {
    onLine: io.complain,
    onFault: (fault) => explain(fault, 'warning').forEach(io.complain),
  }
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
