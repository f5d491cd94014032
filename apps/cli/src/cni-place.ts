import { existsSync } from 'node:fs'
import type { Attachment } from '@vethra/cni'
import { checkNamespace } from '@vethra/engine'
import type { World } from '@vethra/world'

/** A network, and the path of a network namespace, as they were given. */
export interface Place {
  readonly network: string
  readonly netns: string
}

/** Throws CniError 8 for a path that no record names, unless it is missing or another network namespace than the runtime's. */
export async function checkNamed(
  world: World,
  network: string,
  { containerId, ifname, netns }: Attachment,
): Promise<void> {
  const record = await world.records.read({ network, containerId, ifname })
  // A record of 0.1 may name the runtime's own.
  if (record === undefined && existsSync(netns)) await checkNamespace(world.netns, netns)
}
