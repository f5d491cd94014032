import { guards, type LockPlaces } from '@vethra/cni'
import type { Lock } from '@vethra/world'

/** Takes and frees each lock of attaching a container, so that files of killed holders go. For a container that is forgotten. */
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
