import { settingFlags, version } from '@vethra/settings'
import type { Io } from '@vethra/world'
import { Command, type Option } from 'commander'

/** The root command, with the help on global flags and without commands. It writes through `io` and throws in place of exiting. */
export function newProgram(io: Io): Command {
  const program = new Command('vethra')
  const lines = (write: (line: string) => void) => (text: string) => write(text.replace(/\n$/, ''))
  program
    .description('Container networking for one host: for runc, crun and containerd.')
    .exitOverride()
    // "container rm -v web" is no question for the version.
    .enablePositionalOptions()
    .configureOutput({
      writeOut: lines(io.print),
      writeErr: lines(io.complain),
      outputError: (text, write) => write(text.replace(/^\((Did you mean .*\?)\)$/m, '  hint: $1')),
    })
    .configureHelp({ helpWidth: 80, minWidthToWrap: 20, optionDescription: described })
    .showHelpAfterError('  hint: Add --help to see what the command takes.')
    .version(version, '-v, --version', 'print the version')
    .addHelpText(
      'after',
      `\nExamples:\n  vethra network create lan\n  vethra bundle prepare ./web --id web --network lan -p 8080:80\n  vethra network inspect lan`,
    )
    .addHelpText('after', () => `\nGlobal flags, before or after the command:\n${globalFlags()}`)
    .helpCommand(true)
  subcommand(program, 'version', {
    help: 'print the version',
    examples: ['vethra version'],
  }).action(() => io.print(version))
  return program
}

/** The help of a subcommand. */
export interface SubcommandHelp {
  /** The line that the parent's help has for it. */
  readonly help: string
  /** Command lines, printed below its flags. */
  readonly examples: readonly string[]
}

/** Adds a subcommand that behaves like its parent. */
export function subcommand(
  parent: Command,
  usage: string,
  { help, examples }: SubcommandHelp,
): Command {
  return parent
    .command(usage)
    .description(help)
    .addHelpText('after', `\nExamples:\n${examples.map((each) => `  ${each}`).join('\n')}`)
    .addHelpText('after', () => `\n${briefGlobalFlags()}`)
}

// That a flag is not given by default needs no words.
function described({ description, defaultValue }: Option): string {
  const given = typeof defaultValue === 'string' && defaultValue !== ''
  return given ? `${description} (default: ${defaultValue})` : description
}

function briefGlobalFlags(): string {
  const flags = settingFlags.map(({ flag }) => flag).join(', ')
  const lines = wrapped(`Global flags, explained by "vethra --help": ${flags}.`, 78, '  ')
  return lines.trimStart()
}

function globalFlags(): string {
  return settingFlags
    .map(({ flag, short, value, help }) => {
      const names = `${short === undefined ? '' : `${short}, `}${flag} ${value}`
      return `  ${names}\n${wrapped(help, 72, '      ')}`
    })
    .join('\n')
}

function wrapped(text: string, width: number, indent: string): string {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`
    if (lines.length > 0 && longer.length <= width) lines.splice(-1, 1, longer)
    else lines.push(word)
  }
  return lines.map((line) => `${indent}${line}`).join('\n')
}
