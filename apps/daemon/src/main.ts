import { CniError, explain } from '@vethra/cni'
import { splitGlobalFlags } from '@vethra/settings'
import type { Here, Io } from '@vethra/world'
import { runDaemon } from './run-daemon.ts'

/**
 * Runs the daemon until a signal stops it, and returns the exit status: 0 it was stopped, 1 it
 * failed, 2 the command line or the configuration is wrong. `argv` is what follows the program's
 * name; `here` is the host to act on.
 */
export async function main(argv: readonly string[], io: Io, here: Here): Promise<number> {
  try {
    const { flags, rest } = splitGlobalFlags(argv)
    const [extra] = rest.slice(1)
    if (extra !== undefined) {
      throw new CniError({
        code: 103,
        message: `unexpected argument ${JSON.stringify(extra)}`,
        hint: 'Call it as "vethra daemon", with global flags such as --socket PATH.',
      })
    }
    await runDaemon(flags, here)
    return 0
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    for (const line of explain(error)) io.complain(line)
    return error.code === 103 ? 2 : 1
  }
}
