import { guards } from '@vethra/cni'
import { holdingNetworks } from './holding-networks.ts'
import type { HostTools } from './host-tools.ts'

/** Takes and frees each lock of attaching a container, so that files of killed holders go. For a container that is forgotten. */
export async function passLocks(
  tools: Pick<HostTools, 'lock' | 'places' | 'netns'>,
  containerId: string,
  networks: readonly string[],
): Promise<void> {
  const { lock, places } = tools
  const paths = [
    guards.attachment(places, containerId),
    guards['shared-chains'](places),
    ...networks.map((name) => guards.isolation(places, name)),
  ]
  for (const path of paths) await lock.hold(path, async () => {})
  await holdingNetworks(tools, networks, async () => {})
}
