import { type Command, CommanderError } from 'commander'
import type { Call } from './call.ts'
import { findCommand, plainWords } from './find-command.ts'
import { unsupported } from './flags.ts'
import { newProgram, subcommand } from './program.ts'

type Load = (program: Command, call: Call) => void | Promise<void>

// Loaded when called: a command must not pay for the others. Settings are loaded when a command runs:
// help needs none, and must work where they are wrong.
const commands: Readonly<Record<string, () => Promise<Load>>> = {
  network: async () => (await import('./network-command.ts')).networkCommand,
  bundle: async () => (await import('./bundle-command.ts')).bundleCommand,
  container: async () => (await import('./container-command.ts')).containerCommand,
  cni: async () => (await import('./cni-command.ts')).cniCommand,
  ipam: async () => (await import('./ipam-command.ts')).ipamCommand,
  plugin: async () => (await import('./plugin-command.ts')).pluginCommand,
  doctor: async () => (await import('./doctor-command.ts')).doctorCommand,
  dns: async () => (await import('./dns-command.ts')).dnsCommand,
  info: async () => (await import('./info-command.ts')).infoCommand,
  config: async () => (await import('./config-command.ts')).configCommand,
  import: async () => (await import('./import-command.ts')).importCommand,
  rootless: async () => (await import('./rootless-command.ts')).rootlessCommand,
  daemon: async () => (await import('./app-commands.ts')).daemonCommand,
  runtime: async () => (await import('./app-commands.ts')).runtimeCommand,
  events: async () => (await import('./events-command.ts')).eventsCommand,
  top: async () => (await import('./top-command.ts')).topCommand,
}

async function completion(program: Command, call: Call): Promise<void> {
  for (const load of Object.values(commands)) await (await load())(program, call)
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
  // "help network create" is "network create --help", and "help help" is "--help".
  const named = words.slice(words[1] === 'help' ? 2 : 1)
  const meant = words[0] === 'help' ? [...named, '--help'] : words
  await (await loadFor(meant[0]))(program, call)
  try {
    await program.parseAsync(plainWords(findCommand(program, meant), meant), { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError && error.code === 'vethra.no') return 1
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    throw error
  }
}

// Help on everything, and a word that is no command, need them all, which completion loads.
async function loadFor(word: string | undefined): Promise<Load> {
  if (word === '--version' || word === '-v') return () => undefined
  return word !== undefined && Object.hasOwn(commands, word) && commands[word]
    ? commands[word]()
    : completion
}
