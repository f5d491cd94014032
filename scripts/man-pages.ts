import type { wholeProgram } from '../apps/cli/src/run-command.ts'
import { settingFlags } from '../packages/core/settings/src/index.ts'
import { headLines, roff, section, tagged, verbatim } from './man-roff.ts'

/** A command of commander's, which only the command line depends on. */
type Command = Awaited<ReturnType<typeof wholeProgram>>

/** A man page by its file name: `vethra-network.1`. */
export type ManPages = ReadonlyMap<string, string>

/** What a page says beyond its command. */
export interface Release {
  readonly version: string
  readonly homepage: string
}

/** A page for the program and for each command below it, out of what their help texts are made of. */
export function commandPages(program: Command, release: Release): ManPages {
  const all = commandsOf(program, [program.name()])
  return new Map(all.map((each) => [`${each.path.join('-')}.1`, commandPage(each, release)]))
}

interface Placed {
  readonly command: Command
  readonly path: readonly string[]
}

function commandsOf(command: Command, path: readonly string[]): readonly Placed[] {
  const below = command.commands.flatMap((each) => commandsOf(each, [...path, each.name()]))
  return [{ command, path }, ...below]
}

function commandPage({ command, path }: Placed, release: Release): string {
  const name = path.join('-')
  const text = command.description().replace(/\.$/, '')
  const { examples, others } = afterHelp(command)
  const isTop = path.length === 1
  const lines = [
    ...headLines({ name, section: 1, source: `Vethra ${release.version}`, text }),
    ...section('synopsis', [`\\fB${roff(path.join(' '))}\\fR ${roff(command.usage())}`]),
    ...section('description', [roff(`${capital(text)}.`), ...aliasLines(command, path)]),
    ...section('options', tagged(optionsOf(command))),
    ...section('commands', tagged(belowOf(command, path))),
    ...others.flatMap(({ title, body }) => section(title, verbatim(body))),
    ...(isTop ? globalLines() : []),
    ...section('exit status', tagged(exitStatus)),
    ...section('examples', verbatim(examples)),
    ...section('see also', [roff(seeAlso(command, path, release))]),
  ]
  return `${lines.join('\n')}\n`
}

function aliasLines(command: Command, path: readonly string[]): readonly string[] {
  const names = command.aliases().map((alias) => [...path.slice(0, -1), alias].join(' '))
  return names.length === 0 ? [] : ['.PP', roff(`Also: ${names.join(', ')}.`)]
}

function optionsOf(command: Command): readonly (readonly [string, string])[] {
  const options = command.createHelp().visibleOptions(command)
  const isGiven = (value: unknown) => typeof value === 'string' && value !== ''
  return options.map(({ flags, description, defaultValue }) => [
    flags,
    isGiven(defaultValue) ? `${description} (default: ${defaultValue})` : description,
  ])
}

function belowOf(
  command: Command,
  path: readonly string[],
): readonly (readonly [string, string])[] {
  return command.commands.map((each) => {
    return [`${[...path, each.name()].join('-')}(1)`, each.description()]
  })
}

interface Block {
  readonly title: string
  readonly body: readonly string[]
}

/** What stands below a help text: the examples, and all else but the global flags. */
function afterHelp(command: Command): {
  readonly examples: readonly string[]
  readonly others: readonly Block[]
} {
  const lines: string[] = []
  command.configureOutput({ writeOut: (text) => lines.push(...text.split('\n')) })
  command.outputHelp()
  const from = lines.findIndex((line) => /^Examples?:$/.test(line))
  const texts =
    from < 0
      ? []
      : lines
          .slice(from)
          .join('\n')
          .split(/\n{2,}/)
  const blocks = texts.map((text): Block => {
    const [title = '', ...body] = text.trimEnd().split('\n')
    return { title: title.replace(/:$/, ''), body: body.map((line) => line.replace(/^ {2}/, '')) }
  })
  const [examples, ...more] = blocks
  const others = more.filter(({ title }) => title !== '' && !title.startsWith('Global flags'))
  return { examples: examples?.body ?? [], others }
}

function globalLines(): readonly string[] {
  const pairs = settingFlags.map(({ flag, short, value, env, toml, help }): [string, string] => {
    const names = `${short === undefined ? '' : `${short}, `}${flag} ${value}`
    const variable = env === undefined ? '' : `, variable ${env}`
    return [names, `${capital(help)}. Key ${toml}${variable}.`]
  })
  const intro =
    'Before or after the command. A flag comes before its variable, that before the key in'
  return section('global flags', [`${intro} \\fBvethra.toml\\fR(5).`, ...tagged(pairs)])
}

const exitStatus: readonly (readonly [string, string])[] = [
  ['0', 'Done.'],
  ['1', 'It failed, and nothing half-done is left; or the answer is no.'],
  ['2', 'The command line or the configuration is wrong.'],
]

function seeAlso(command: Command, path: readonly string[], { homepage }: Release): string {
  const up = path.slice(0, -1)
  const parents = up.map((_, index) => `${up.slice(0, index + 1).join('-')}(1)`)
  const below = path.length === 1 ? command.commands.map((each) => `vethra-${each.name()}(1)`) : []
  return [...parents, ...below, 'vethra.toml(5)', homepage].join(', ')
}

/** The text with a capital letter. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
}
