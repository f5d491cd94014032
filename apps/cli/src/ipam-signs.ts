import type { SignsOfLife } from '@vethra/ipam'
import type { Tools } from './tools.ts'

/** Looks for signs of life of containers all over the host: ours, nerdctl's, cnitool's, those of OCI runtimes. */
export async function signsOfLife(tools: Tools): Promise<SignsOfLife> {
  const [cached, recorded, others] = await Promise.all([
    tools.host.cache.list(),
    tools.host.records.list(),
    tools.effects.otherSigns(),
  ])
  return {
    ...others,
    cached: new Set(cached.map(({ attachment }) => attachment.containerId)),
    recorded: new Set(recorded.map(({ containerId }) => containerId)),
  }
}
