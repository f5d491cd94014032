import { stageRunner } from '@vethra/engine'
import type { AttachmentKernel, PluginRunner, StageCall } from '@vethra/world'
import { ipamHere } from './ipam-here.ts'
import { resolversHere, sysctlAllowlistHere } from './resolvers-here.ts'

/** Runs plugins in this process, on the kernel of this host. `programs` runs IPAM plugins that are none of ours. */
export function stageHere(
  call: StageCall,
  kernel: AttachmentKernel,
  programs: PluginRunner,
): ReturnType<ReturnType<typeof stageRunner>> {
  const run = (attachments: AttachmentKernel) =>
    stageRunner({
      ...{ attachments, ipamAt: async (dataDir) => ipamHere(dataDir), programs },
      ...{ resolvers: resolversHere, sysctlAllowlist: sysctlAllowlistHere },
    })(call)
  return kernel.holdingSockets?.(call.calls[0]?.netns ?? '', run) ?? run(kernel)
}
