import { inspectNetworks, planRemovals, removeNetworks } from '@vethra/engine'
import type { Io } from '@vethra/world'
import { printPlan } from './network-plan.ts'
import type { Tools } from './tools.ts'

/** The options of `network rm`. */
export interface RemoveFlags {
  readonly force: boolean
  readonly dryRun: boolean
}

/** Removes networks and prints their names, or the plan of that. With `force` those that are missing are left out. */
export async function printRemoved(
  tools: Tools,
  { names, force, dryRun }: RemoveFlags & { readonly names: readonly string[] },
  io: Io,
): Promise<void> {
  const { missing } = force
    ? await inspectNetworks(tools, names, 'dockercompat')
    : { missing: [] as readonly string[] }
  const meant = names.filter((each) => !missing.includes(each))
  if (dryRun) return printPlan(await planRemovals(tools, meant), io)
  const left = await removeNetworks(tools, meant)
  for (const name of left) io.complain(`warning: interface ${name} stays: others made it`)
  for (const name of meant) io.print(name, `network ${name} is removed`)
}
