import { explain } from '@vethra/cni'
import type { GivenSettings } from '@vethra/settings'
import type { Here, Io, World } from '@vethra/world'

/** Loads the settings and opens the world. Throws CniError 103 for settings that are wrong. */
export async function openWorld(flags: GivenSettings, here: Here, io: Io): Promise<World> {
  const onFault = (fault: unknown) => warn(fault, io)
  return here.world(await here.settings(flags), { onLine: io.complain, onFault })
}

function warn(fault: unknown, io: Io): void {
  for (const line of explain(fault, 'warning')) io.complain(line)
}
