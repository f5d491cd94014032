import { usageError } from '@vethra/cni'
import {
  missingNetworks,
  planRemovals,
  pruneNetworks,
  type RemovedNetworks,
  removeNetworks,
  unusedNetworks,
} from '@vethra/engine'
import type { Io } from '@vethra/world'
import type { Tools } from './open-world.ts'

/** The options of `network rm`. */
export interface RemoveFlags {
  readonly force: boolean
  readonly dryRun: boolean
}

/** The options of `network prune`. */
export interface PruneFlags extends RemoveFlags {
  readonly filter: readonly string[]
}

/** Removes networks and prints their names, or the plan of that. With `force` those that are missing are left out. */
export async function printRemoved(
  tools: Tools,
  { names, force, dryRun }: RemoveFlags & { readonly names: readonly string[] },
  io: Io,
): Promise<void> {
  if (!dryRun) return printDone(await removeNetworks(tools, names, { force }), io)
  const missing = force ? await missingNetworks(tools, names) : []
  const meant = names.filter((each) => !missing.includes(each))
  io.print(JSON.stringify(await planRemovals(tools, meant), null, 2))
}

/** Removes all unused networks of ours but the default one, and prints their names. Throws CniError 103 without `force`. */
export async function printPruned(tools: Tools, flags: PruneFlags, io: Io): Promise<void> {
  if (flags.force && !flags.dryRun) return printDone(await pruneNetworks(tools, flags.filter), io)
  const unused = await unusedNetworks(tools, flags.filter)
  if (flags.dryRun) return io.print(JSON.stringify(await planRemovals(tools, unused), null, 2))
  if (unused.length === 0) return
  throw usageError(
    `this would remove the networks ${unused.join(', ')}, which no container uses`,
    'Add --force to remove them.',
  )
}

function printDone({ removed, leftLinks }: RemovedNetworks, io: Io): void {
  for (const name of leftLinks)
    io.complain(`warning: interface ${name} is not removed: another program made it`)
  for (const name of removed) io.print(name, `network ${name} is removed`)
}
