import { splitGlobalFlags } from '@vethra/settings'
import { CniError, explain } from '@vethra/spec'
import { CommanderError } from 'commander'
import { bundleCommand } from './bundle-command.ts'
import { cniCommand } from './cni-command.ts'
import type { Io } from './io.ts'
import { networkCommand } from './network-command.ts'
import { newProgram } from './program.ts'
import { openTools, type Tools } from './tools.ts'

/**
 * Runs one command and returns the exit status: 0 done, 1 it failed, 2 the command line or the
 * configuration is wrong. `argv` is what follows the program's name.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const { flags, rest } = splitGlobalFlags(argv)
    let tools: Promise<Tools> | undefined
    // Help needs no settings, and must work where they are wrong.
    const open = () => {
      tools ??= openTools(flags, io)
      return tools
    }
    const program = newProgram(io)
    for (const command of [networkCommand, bundleCommand, cniCommand]) command(program, open, io)
    await program.parseAsync(rest, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof CniError)) throw error
    for (const line of explain(error)) io.complain(line)
    return error.code === 103 ? 2 : 1
  }
}
