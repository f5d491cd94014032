import { usageError } from '@vethra/cni'
import { settingFlags } from './setting-flags.ts'
import type { GivenSettings, SettingKey } from './settings.ts'

interface SplitFlags {
  readonly flags: GivenSettings
  /** The rest, in order: subcommands, their flags and arguments, and `--` with all behind it. */
  readonly rest: readonly string[]
}

/** Takes global flags out of `argv`, anywhere before `--`; the last value counts, unless repeatable. Throws CniError 103 for a missing value. */
export function splitGlobalFlags(argv: readonly string[]): SplitFlags {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length
  const flags: Partial<Record<SettingKey, string | readonly string[]>> = {}
  const rest: string[] = []
  for (let index = 0; index < end; index += 1) {
    const given = readFlag(argv.slice(index, Math.min(index + 2, end)))
    if (given) {
      const before = flags[given.key] ?? []
      flags[given.key] = given.repeated ? [...before, given.value] : given.value
      index += given.taken - 1
    } else rest.push(argv[index] ?? '')
  }
  return { flags, rest: [...rest, ...argv.slice(end)] }
}

/** As `splitGlobalFlags`, for nerdctl's hook line, with its names of flags; other flags before the first word, and empty values, are dropped. */
export function splitHookFlags(argv: readonly string[]): SplitFlags {
  const { flags: all, rest } = splitGlobalFlags(argv.map(ourName))
  const flags = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
  const word = rest.findIndex((each) => !each.startsWith('--') || each === '--')
  return { flags, rest: word === -1 ? [] : rest.slice(word) }
}

/** The index of the first word of a call: neither a flag before it nor the value of a global flag. Throws CniError 103 for a missing value. */
export function firstWord(argv: readonly string[]): number {
  let at = 0
  while (argv[at]?.startsWith('-')) at += readFlag(argv.slice(at, at + 2))?.taken ?? 1
  return at
}

function readFlag([token = '', following]: readonly string[]):
  | { key: SettingKey; repeated: boolean; value: string; taken: number }
  | undefined {
  const [name = ''] = token.split('=', 1)
  const row = settingFlags.find((each) => each.flag === name || each.short === name)
  if (!row) return undefined
  const inline = token.length > name.length ? token.slice(name.length + 1) : undefined
  const value = inline ?? following
  if (value === undefined)
    throw usageError(`flag ${name} needs a value`, `Write ${row.flag} ${row.value}.`)
  return { key: row.toml, repeated: row.repeated, value, taken: inline === undefined ? 2 : 1 }
}

function ourName(token: string): string {
  return token.replace(/^--(?:host|a|H)=/, '--address=').replace(/^--n=/, '--namespace=')
}
