import { settingFlags } from '@vethra/settings'
import type { Command, Option } from 'commander'

/** The kind of an argument, or of a flag's value: names from vethra itself, files, fixed words, or anything. */
export type Kind = 'network' | 'container' | 'file' | 'none' | readonly string[]

/** A place in a command line, and what can follow. */
export interface Place {
  /** The words before, flags left out: `network rm`; empty at the beginning. */
  readonly path: string
  readonly subcommands: readonly string[]
  readonly flags: readonly string[]
  /** Its arguments, in order. */
  readonly args: readonly Kind[]
  /** Whether the last argument may be repeated. */
  readonly repeats: boolean
}

/** The grammar of a command line, as completion scripts need it. */
export interface Grammar {
  readonly places: readonly Place[]
  /** The flags that take a value, and what the value is. */
  readonly valued: ReadonlyMap<string, Kind>
  /** Flags that go anywhere. */
  readonly anywhere: readonly string[]
}

/** The grammar of a program and all of its commands. */
export function grammarOf(program: Command): Grammar {
  const global = settingFlags.flatMap(({ flag, short }) => (short ? [short, flag] : [flag]))
  const valued = new Map<string, Kind>(global.map((flag) => [flag, kindOfValue(flag)]))
  const plain = new Set<string>()
  for (const option of allOptions(program)) {
    for (const flag of [option.short, option.long]) {
      if (flag && option.required) valued.set(flag, kindOfValue(flag))
      else if (flag) plain.add(flag)
    }
  }
  // A short flag that takes a value here and none there cannot be told apart: it is taken for one without.
  for (const flag of plain) valued.delete(flag)
  return { places: placesOf(program), valued, anywhere: settingFlags.map(({ flag }) => flag) }
}

function placesOf(command: Command, path = ''): readonly Place[] {
  const below = command.commands.flatMap((each) =>
    [each.name(), ...each.aliases()].map((name) => ({ each, path: `${path} ${name}`.trim() })),
  )
  const args = command.registeredArguments
  const place = {
    path,
    subcommands: command.commands.map((each) => each.name()),
    flags: [...command.options.map(({ long, short }) => long ?? short ?? ''), '--help'],
    args: args.map((each) => kinds[each.name()] ?? 'none'),
    repeats: args.at(-1)?.variadic ?? false,
  }
  return [place, ...below.flatMap(({ each, path: sub }) => placesOf(each, sub))]
}

function allOptions(command: Command): readonly Option[] {
  return [...command.options, ...command.commands.flatMap(allOptions)]
}

const kinds: Readonly<Record<string, Kind>> = {
  network: 'network',
  container: 'container',
  id: 'container',
  bundle: 'file',
  dir: 'file',
  file: 'file',
  netns: 'file',
  shell: ['bash', 'zsh', 'fish'],
}

// Of any other flag, shells offer files.
const values: Readonly<Record<string, Kind>> = {
  '--network': 'network',
  '--id': 'container',
  '--driver': ['bridge', 'macvlan', 'ipvlan'],
  '-d': ['bridge', 'macvlan', 'ipvlan'],
  '--ipam-driver': ['default', 'host-local', 'dhcp', 'static'],
  '--ipv4': ['true', 'false'],
  '--mode': ['dockercompat', 'native'],
  '--format': ['table', 'json'],
  '--log-level': ['debug', 'info', 'warn', 'error'],
  '--plugins': ['auto', 'native', 'exec'],
  '--container': 'container',
}

function kindOfValue(flag: string): Kind {
  return values[flag] ?? 'none'
}

/** The command that lists the names of a kind, one or more a line. */
export const listing: Readonly<Record<'network' | 'container', string>> = {
  network: "vethra network ls --format '{{.Name}}' 2>/dev/null",
  container: "vethra container ls --format '{{.ID}} {{.Name}}' 2>/dev/null",
}
