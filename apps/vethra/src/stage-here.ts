import { stageRunner } from '@vethra/engine'
import type { AttachmentKernel, PluginRunner, StageCall } from '@vethra/world'
import { ipamHere } from './ipam-here.ts'
import { resolversHere, sysctlAllowlistHere } from './resolvers-here.ts'

/** Runs plugins in this process, on the kernel of this host. `programs` runs IPAM plugins that are none of ours. */
export function stageHere(
  call: StageCall,
  attachments: AttachmentKernel,
  programs: PluginRunner,
): ReturnType<ReturnType<typeof stageRunner>> {
  const world = {
    ...{ attachments, ipamAt: ipamHere, programs },
    ...{ resolvers: resolversHere, sysctlAllowlist: sysctlAllowlistHere },
  }
  return stageRunner(world)(call)
}
