import { usageError } from '@vethra/cni'
import { planRemovals, removeNetworks, unusedNetworks } from '@vethra/engine'
import type { Io } from '@vethra/world'
import { printPlan } from './network-plan.ts'
import type { Tools } from './tools.ts'

/** The options of `network prune`. */
export interface PruneFlags {
  readonly force: boolean
  readonly filter: readonly string[]
  readonly dryRun: boolean
}

/** Removes all unused networks of ours but the default one, and prints their names. Throws CniError 103 without `force`. */
export async function pruneNetworks(tools: Tools, flags: PruneFlags, io: Io): Promise<void> {
  const unused = await unusedNetworks(tools, flags.filter)
  if (flags.dryRun) return printPlan(await planRemovals(tools, unused), io)
  if (unused.length === 0) return
  if (!flags.force) {
    throw usageError(
      `this would remove the networks ${unused.join(', ')}, which no container uses`,
      'Add --force to remove them.',
    )
  }
  const left = await removeNetworks(tools, unused)
  for (const name of left) io.complain(`warning: interface ${name} stays: others made it`)
  for (const name of unused) io.print(name, `network ${name} is removed`)
}
