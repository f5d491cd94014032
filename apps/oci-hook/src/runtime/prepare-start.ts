import { explain } from '@vethra/cni'
import { askedOf, namespaceOfRoot } from '@vethra/container'
import type { StartCall } from '@vethra/container/runtime'
import { inNamespace, prepareAsked } from '@vethra/engine/prepared-start'
import { splitGlobalFlags } from '@vethra/settings'
import type { Io } from '@vethra/world'
import type { RuntimeHost } from './runtime-host.ts'
import { logTo, timeOf } from './runtime-host.ts'

/** A start of a container whose bundle may ask for something. */
export interface Start {
  readonly call: StartCall
  /** Global flags of ours, as they were given. */
  readonly flags: readonly string[]
  readonly bundle: ReturnType<RuntimeHost['bundle']>
}

/** Prepares the bundle of a start that asks for it. Warnings go to the runtime's log, else to standard error. Throws as `prepareAsked`. */
export async function prepareStart(start: Start, io: Io, host: RuntimeHost): Promise<void> {
  const { call, bundle } = start
  const asked = askedOf(bundle.config, call.id)
  if (asked === undefined) return
  const complain = (message: string) => {
    const line = { level: 'warning', message: `vethra: ${message}`, time: timeOf(io) } as const
    if (!logTo(host, call, line)) io.complain(message)
  }
  // A bundle that ends with the boot has nothing that outlives it: most of a start is waiting for a disk.
  const here = await host.here(io, !bundle.folder.startsWith('/run/'))
  const namespace = namespaceOfRoot(call.root)
  const resolved = await here.settings({ ...splitGlobalFlags(start.flags).flags, namespace })
  const world = await here.world(resolved, {
    onLine: complain,
    onFault: (fault) => explain(fault, 'warning').forEach(complain),
  })
  const tools = { ...(await inNamespace(world, namespace)), resolved }
  await prepareAsked(tools, { folder: bundle.folder, asked }, { ...io, complain })
}
