import { type GivenSettings, splitGlobalFlags } from '@vethra/settings'
import { CniError, explain } from '@vethra/spec'
import { type Command, CommanderError } from 'commander'
import type { Io } from './io.ts'
import { newProgram } from './program.ts'

type Load = (program: Command, flags: GivenSettings, io: Io) => Promise<void>

// Loaded when called: a command must not pay for the others. Settings are loaded when a command runs:
// help needs none, and must work where they are wrong.
const commands: Readonly<Record<string, Load>> = {
  network: async (program, flags, io) => {
    const { networkCommand } = await import('./network-command.ts')
    networkCommand(program, async () => (await import('./tools.ts')).openTools(flags, io), io)
  },
  bundle: async (program, flags, io) => {
    const { bundleCommand } = await import('./bundle-command.ts')
    bundleCommand(program, async () => (await import('./tools.ts')).openTools(flags, io), io)
  },
  cni: async (program, flags, io) => {
    const { cniCommand } = await import('./cni-command.ts')
    cniCommand(program, async () => (await import('./host-side.ts')).openHostSide(flags, io), io)
  },
}

/**
 * Runs one command and returns the exit status: 0 done, 1 it failed, 2 the command line or the
 * configuration is wrong. `argv` is what follows the program's name.
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  try {
    const { flags, rest } = splitGlobalFlags(argv)
    const program = newProgram(io)
    for (const load of wanted(rest[0])) await load(program, flags, io)
    await program.parseAsync(rest, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    if (!(error instanceof CniError)) throw error
    for (const line of explain(error)) io.complain(line)
    return error.code === 103 ? 2 : 1
  }
}

// Help on everything, and a word that is no command, need them all.
function wanted(word: string | undefined): readonly Load[] {
  const one = word !== undefined && Object.hasOwn(commands, word) ? commands[word] : undefined
  return one ? [one] : Object.values(commands)
}
