import { stageRunner } from '@vethra/engine'
import { netlinkKernel } from '@vethra/linux/netlink'
import type { AttachmentKernel, PluginRunner, StageCall } from '@vethra/world'
import { ipamHere } from './ipam-here.ts'
import { resolversHere } from './resolvers-here.ts'

/** The kernel of this host. */
export function kernelHere(): AttachmentKernel {
  return netlinkKernel()
}

/** Runs plugins in this process, on the kernel of this host. */
export function stageHere(call: StageCall, programs: PluginRunner): Promise<string> {
  const run = stageRunner({
    attachments: kernelHere(),
    ipamAt: ipamHere,
    programs,
    resolvers: resolversHere,
  })
  return run(call)
}
