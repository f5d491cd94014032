import type { GivenSettings } from '@vethra/settings'
import { type Command, CommanderError } from 'commander'
import { unsupported } from './flags.ts'
import type { Io } from './io.ts'
import { newProgram, subcommand } from './program.ts'

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
  container: async (program, flags, io) => {
    const { containerCommand } = await import('./container-command.ts')
    containerCommand(program, async () => (await import('./tools.ts')).openTools(flags, io), io)
  },
  cni: async (program, flags, io) => {
    const { cniCommand } = await import('./cni-command.ts')
    cniCommand(program, async () => (await import('./host-side.ts')).openHostSide(flags, io), io)
  },
  ipam: async (program, flags, io) => {
    const { ipamCommand } = await import('./ipam-command.ts')
    ipamCommand(program, async () => (await import('./tools.ts')).openTools(flags, io), io)
  },
  doctor: async (program, flags, io) => {
    const { doctorCommand } = await import('./doctor-command.ts')
    doctorCommand(
      program,
      async () => (await import('./doctor-tools.ts')).openDoctor(flags, io),
      io,
    )
  },
  daemon: async (program) => (await import('./daemon-command.ts')).daemonCommand(program),
  events: async (program, flags, io) => {
    const { eventsCommand } = await import('./events-command.ts')
    const open = async () => (await import('./daemon-client.ts')).openDaemonClient(flags, io)
    eventsCommand(program, open, io)
  },
  top: async (program, flags, io) => {
    const { topCommand } = await import('./top-command.ts')
    const open = async () => (await import('./daemon-client.ts')).openDaemonClient(flags, io)
    topCommand(program, open, io)
  },
}

async function completion(program: Command, flags: GivenSettings, io: Io): Promise<void> {
  for (const load of Object.values(commands)) await load(program, flags, io)
  const { bashCompletion, fishCompletion, zshCompletion } = await import('./completion.ts')
  const { grammarOf } = await import('./completion-places.ts')
  const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }
  const shells = Object.keys(scripts).join(', ')
  subcommand(program, 'completion <shell>', `print the completion script for ${shells}`, [
    'vethra completion bash > /etc/bash_completion.d/vethra',
    'vethra completion zsh > "${fpath[1]}/_vethra"',
    'vethra completion fish > ~/.config/fish/completions/vethra.fish',
  ]).action((shell: string) => {
    if (!Object.hasOwn(scripts, shell)) throw unsupported('the shell', shell, shells)
    io.print(scripts[shell as keyof typeof scripts](grammarOf(program)))
  })
}

/**
 * Runs the command that the words name, and returns 0, or 2 when they are no command. Errors of the
 * command pass through.
 */
export async function runCommand(
  words: readonly string[],
  flags: GivenSettings,
  io: Io,
): Promise<number> {
  const program = newProgram(io)
  for (const load of wanted(words[0])) await load(program, flags, io)
  try {
    await program.parseAsync(words, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

// Help on everything, and a word that is no command, need them all, which completion loads.
function wanted(word: string | undefined): readonly Load[] {
  if (word === 'completion') return [completion]
  const one = word !== undefined && Object.hasOwn(commands, word) ? commands[word] : undefined
  return one ? [one] : [completion]
}
