import { CniError, explain } from '@vethra/cni'
import { askedOf, namespaceOfRoot } from '@vethra/container'
import type { ContainerCall, StartCall } from '@vethra/container/runtime'
import { forgetLeft, inNamespace, prepareAsked } from '@vethra/engine/prepared-start'
import { splitGlobalFlags } from '@vethra/settings'
import type { Here, Io } from '@vethra/world'
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
  const complain = complainTo(call, io, host)
  // A bundle that ends with the boot has nothing that outlives it: most of a start is waiting for a disk.
  const here = await host.here(io, !bundle.folder.startsWith('/run/'))
  const tools = await toolsFor(start, here, complain)
  await prepareAsked(tools, { folder: bundle.folder, asked }, { ...io, complain })
}

/** Forgets the container of a delete that was prepared, and that the real runtime never made: it has no hook to call. Failures are warnings. */
export async function forgetDeleted(
  deletion: Pick<Start, 'flags'> & { readonly call: ContainerCall },
  io: Io,
  host: RuntimeHost,
): Promise<void> {
  const { call } = deletion
  const complain = complainTo(call, io, host)
  try {
    await forgetLeft(await toolsFor(deletion, await host.here(io, true), complain), call.id)
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    explain(error, 'warning').forEach(complain)
  }
}

function complainTo(call: ContainerCall, io: Io, host: RuntimeHost): (message: string) => void {
  return (message) => {
    const line = { level: 'warning', message: `vethra: ${message}`, time: timeOf(io) } as const
    if (!logTo(host, call, line)) io.complain(message)
  }
}

async function toolsFor(
  { call, flags }: Pick<Start, 'flags'> & { readonly call: ContainerCall },
  here: Here,
  complain: (message: string) => void,
) {
  const namespace = namespaceOfRoot(call.root)
  const resolved = await here.settings({ ...splitGlobalFlags(flags).flags, namespace })
  const world = await here.world(resolved, {
    onLine: complain,
    onFault: (fault) => explain(fault, 'warning').forEach(complain),
  })
  return { ...(await inNamespace(world, namespace)), resolved }
}
