import { inNamespace, type ManageTools } from '@vethra/engine'
import type { GivenSettings, ResolvedSettings } from '@vethra/settings'
import type { Here, Io } from '@vethra/world'
import { openWorld } from './open-world.ts'

/** A world in the containerd namespace of its settings. */
export interface Tools extends ManageTools {
  readonly resolved: ResolvedSettings
}

/** Loads the settings and opens the world in their namespace. Throws CniError 103 for settings that are wrong. */
export async function openTools(flags: GivenSettings, here: Here, io: Io): Promise<Tools> {
  const world = await openWorld(flags, here, io)
  const { resolved } = world
  return { ...(await inNamespace(world, resolved.settings.namespace)), resolved }
}
