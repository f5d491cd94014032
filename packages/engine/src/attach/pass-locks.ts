import { guards } from '@vethra/cni'
import { holdingNetworks } from './holding-networks.ts'
import type { HostTools } from './host-tools.ts'

/** Takes and frees the locks of networks that a forgotten container was in, so that files of killed holders go. */
export async function passLocks(
  tools: Pick<HostTools, 'lock' | 'places' | 'netns'>,
  networks: readonly string[],
): Promise<void> {
  const { lock, places } = tools
  const paths = [
    guards['shared-chains'](places),
    ...networks.map((name) => guards.isolation(places, name)),
  ]
  for (const path of paths) await lock.hold(path, async () => {})
  await holdingNetworks(tools, networks, async () => {})
}
