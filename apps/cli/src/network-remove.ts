import { usageError } from '@vethra/cni'
import { missingNetworks, planRemovals, removeNetworks, unusedNetworks } from '@vethra/engine'
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
  const missing = force ? await missingNetworks(tools, names) : []
  const meant = names.filter((each) => !missing.includes(each))
  if (dryRun) return io.print(JSON.stringify(await planRemovals(tools, meant), null, 2))
  await removeAll(tools, meant, io)
}

/** Removes all unused networks of ours but the default one, and prints their names. Throws CniError 103 without `force`. */
export async function pruneNetworks(tools: Tools, flags: PruneFlags, io: Io): Promise<void> {
  const unused = await unusedNetworks(tools, flags.filter)
  if (flags.dryRun) return io.print(JSON.stringify(await planRemovals(tools, unused), null, 2))
  if (unused.length === 0) return
  if (!flags.force) {
    throw usageError(
      `this would remove the networks ${unused.join(', ')}, which no container uses`,
      'Add --force to remove them.',
    )
  }
  await removeAll(tools, unused, io)
}

async function removeAll(tools: Tools, names: readonly string[], io: Io): Promise<void> {
  const left = await removeNetworks(tools, names)
  for (const name of left) io.complain(`warning: interface ${name} stays: others made it`)
  for (const name of names) io.print(name, `network ${name} is removed`)
}
