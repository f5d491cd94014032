import type { World } from '@vethra/world'
import { type Command, CommanderError } from 'commander'
import type { Call } from './call.ts'
import { checkCommand } from './check-command.ts'
import type { EventSources } from './events-command.ts'
import { unsupported } from './flags.ts'
import type { Daemon } from './open-daemon.ts'
import { openContainers, openNetworks, openWorld } from './open-world.ts'
import { newProgram, subcommand } from './program.ts'
import type { Tools } from './tools.ts'

type Load = (program: Command, call: Call) => Promise<void>

// Loaded when called: a command must not pay for the others. Settings are loaded when a command runs:
// help needs none, and must work where they are wrong.
const commands: Readonly<Record<string, Load>> = {
  network: async (program, call) =>
    (await import('./network-command.ts')).networkCommand(
      program,
      { open: tools(call), openNetworks: () => openNetworks(call) },
      call.io,
    ),
  bundle: async (program, call) =>
    (await import('./bundle-command.ts')).bundleCommand(program, tools(call), call.io),
  container: async (program, call) =>
    (await import('./container-command.ts')).containerCommand(
      program,
      { open: tools(call), openContainers: () => openContainers(call) },
      call.io,
    ),
  cni: async (program, call) =>
    (await import('./cni-command.ts')).cniCommand(program, world(call), call.io),
  ipam: async (program, call) =>
    (await import('./ipam-command.ts')).ipamCommand(program, tools(call), call.io),
  plugin: async (program, call) =>
    (await import('./plugin-command.ts')).pluginCommand(program, world(call), call.io),
  doctor: async (program, call) =>
    (await import('./doctor-command.ts')).doctorCommand(program, world(call), call.io),
  dns: async (program, call) =>
    (await import('./dns-command.ts')).dnsCommand(program, world(call), call.io),
  info: async (program, call) =>
    (await import('./info-command.ts')).infoCommand(program, world(call), call.io),
  config: async (program, { flags, here, io }) =>
    (await import('./config-command.ts')).configCommand(program, () => here.settings(flags), io),
  import: async (program, call) =>
    (await import('./import-command.ts')).importCommand(program, world(call), call.io),
  rootless: async (program, call) =>
    (await import('./rootless-command.ts')).rootlessCommand(program, world(call), call.io),
  daemon: async (program) => (await import('./daemon-command.ts')).daemonCommand(program),
  runtime: async (program) => (await import('./runtime-command.ts')).runtimeCommand(program),
  events: async (program, call) =>
    (await import('./events-command.ts')).eventsCommand(program, () => openEvents(call), call.io),
  top: async (program, call) =>
    (await import('./top-command.ts')).topCommand(program, () => daemon(call), call.io),
}

function world({ flags, here, io }: Call): () => Promise<World> {
  return () => openWorld(flags, here, io)
}

function tools({ flags, here, io }: Call): () => Promise<Tools> {
  return async () => (await import('./tools.ts')).openTools(flags, here, io)
}

async function daemon({ flags, here }: Call): Promise<Daemon> {
  return (await import('./open-daemon.ts')).openDaemon(flags, here)
}

async function openEvents(call: Call): Promise<EventSources> {
  const { events } = await openWorld(call.flags, call.here, call.io)
  return { events, openDaemon: () => daemon(call) }
}

async function completion(program: Command, call: Call): Promise<void> {
  for (const load of Object.values(commands)) await load(program, call)
  await completionCommand(program, call)
}

/** The program with every command, as help, completion and man pages have it. */
export async function wholeProgram(call: Call): Promise<Command> {
  const program = newProgram(call.io)
  await completion(program, call)
  return program
}

async function completionCommand(program: Command, call: Call): Promise<void> {
  const { bashCompletion, fishCompletion, zshCompletion } = await import('./completion.ts')
  const { grammarOf } = await import('./completion-places.ts')
  const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion }
  const shells = Object.keys(scripts).join(', ')
  subcommand(program, 'completion <shell>', {
    help: `print the completion script for ${shells}`,
    examples: [
      'vethra completion bash > /etc/bash_completion.d/vethra',
      'vethra completion zsh > "${fpath[1]}/_vethra"',
      'vethra completion fish > ~/.config/fish/completions/vethra.fish',
    ],
  }).action((shell: string) => {
    if (!Object.hasOwn(scripts, shell)) throw unsupported('the shell', shell, shells)
    call.io.print(scripts[shell as keyof typeof scripts](grammarOf(program)))
  })
}

/** Runs the command that the words name: 0, 1 where its answer is no, 2 for no command. Errors of the command pass through. */
export async function runCommand(words: readonly string[], call: Call): Promise<number> {
  const program = newProgram(call.io)
  // "help network create" is "network create --help".
  const meant = words[0] === 'help' ? [...words.slice(1), '--help'] : words
  for (const load of wanted(meant[0])) await load(program, call)
  try {
    checkCommand(program, meant)
    await program.parseAsync(meant, { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError && error.code === 'vethra.no') return 1
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

// Help on everything, and a word that is no command, need them all, which completion loads.
function wanted(word: string | undefined): readonly Load[] {
  if (word === 'completion') return [completion]
  if (word === '--version' || word === '-v') return []
  const one = word !== undefined && Object.hasOwn(commands, word) ? commands[word] : undefined
  return one ? [one] : [completion]
}
