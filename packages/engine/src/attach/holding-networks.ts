import { guards } from '@vethra/cni'
import type { HostTools } from './host-tools.ts'
import { collectorMark } from './take-over.ts'

/** Runs `work` while no new attachment of some networks is recorded, none is collected, and none of them is removed. */
export async function holdingNetworks<T>(
  tools: Pick<HostTools, 'lock' | 'places' | 'netns'>,
  names: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  // In one order, so that no two wait for each other.
  const [name, ...others] = [...new Set(names)].sort()
  if (name === undefined) return work()
  return tools.lock.hold(guards.network(tools.places, name), async (isLeft) => {
    if (isLeft) await tools.netns.pluginsEnded(`network ${name}`, collectorMark(name))
    return holdingNetworks(tools, others, work)
  })
}
