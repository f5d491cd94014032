import { CniError, explain } from '@vethra/cni'
import { splitGlobalFlags } from '@vethra/settings'
import type { Here, Io } from '@vethra/world'
import { checkUsed } from './unused-flags.ts'

/**
 * Runs one command and returns the exit status: 0 done, 1 it failed, 2 the command line or the
 * configuration is wrong. `argv` is what follows the program's name; `here` is the host to act on.
 */
export async function main(argv: readonly string[], io: Io, here: Here): Promise<number> {
  try {
    const { flags, rest } = splitGlobalFlags(argv)
    checkUsed(flags, rest)
    // Scripts call these for each container: with the network and the namespace alone they need no
    // command line library, which costs a start of 4 ms.
    const [word, operation = '', network = '', netns = ''] = rest
    const plain = rest.length === 4 && rest.every((each) => !each.startsWith('-'))
    if (plain && word === 'cni' && ['add', 'check', 'del'].includes(operation)) {
      const { runOnNetns } = await import('./run-on-netns.ts')
      await runOnNetns(operation, { network, netns }, { flags, here, io })
      return 0
    }
    return await (await import('./run-command.ts')).runCommand(rest, { flags, here, io })
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    for (const line of explain(error)) io.complain(line)
    return error.code === 103 ? 2 : 1
  }
}
