import { guards, type LockPlaces } from '@vethra/cni'
import type { Lock } from '@vethra/world'

/**
 * Takes each lock that attaching a container to networks takes, and lets go of it at once: of a holder
 * that was killed, the file has gone then. For when a container is forgotten.
 */
export async function passLocks(
  { lock, places }: { readonly lock: Lock; readonly places: LockPlaces },
  containerId: string,
  networks: readonly string[],
): Promise<void> {
  const paths = [
    guards.attachment(places, containerId),
    guards['shared-chains'](places),
    ...networks.flatMap((name) => [guards.network(places, name), guards.isolation(places, name)]),
  ]
  for (const path of paths) await lock.hold(path, async () => {})
}
