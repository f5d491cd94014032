import { CniError, explain } from '@vethra/cni'
import { splitGlobalFlags } from '@vethra/settings'
import type { Here, Io } from '@vethra/world'
import { quickCommand } from './quick-command.ts'
import { checkUsed } from './unused-flags.ts'

/** Runs one command and returns the exit status: 0 done, 1 failed, 2 for a wrong command line (`argv`, without the program) or setting. */
export async function main(argv: readonly string[], io: Io, here: Here): Promise<number> {
  try {
    const { flags, rest } = splitGlobalFlags(argv)
    checkUsed(flags, rest)
    const call = { flags, here, io }
    const quick = quickCommand(rest)
    if (quick === undefined) return await (await import('./run-command.ts')).runCommand(rest, call)
    await quick(call)
    return 0
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    for (const line of explain(error)) io.complain(line)
    return error.code === 103 ? 2 : 1
  }
}
