import { explain } from '@vethra/cni'
import { containersIn, type KnownTools } from '@vethra/engine'
import type { GivenSettings } from '@vethra/settings'
import type { ConfDir, Here, Io, World } from '@vethra/world'
import type { Call } from './call.ts'

/** Loads the settings and opens the world. Throws CniError 103 for settings that are wrong. */
export async function openWorld(flags: GivenSettings, here: Here, io: Io): Promise<World> {
  const onFault = (fault: unknown) => warn(fault, io)
  return here.world(await here.settings(flags), { onLine: io.complain, onFault })
}

function warn(fault: unknown, io: Io): void {
  for (const line of explain(fault, 'warning')) io.complain(line)
}

/** The conf lists, in the namespace of the settings. Throws as `openWorld` does. */
export async function openNetworks({
  flags,
  here,
  io,
}: Call): Promise<{ readonly networks: ConfDir }> {
  const world = await openWorld(flags, here, io)
  return { networks: world.networks(world.resolved.settings.namespace) }
}

/** The parts that list containers, in the namespace of the settings. Throws as `openWorld` does. */
export async function openContainers({ flags, here, io }: Call): Promise<KnownTools> {
  const world = await openWorld(flags, here, io)
  return containersIn(world, world.resolved.settings.namespace)
}
