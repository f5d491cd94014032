import { type CniError, usageError } from '@vethra/cni'
import type { Command } from 'commander'
import { suggestionFor } from './suggestion.ts'

/** The command that the words before the first flag name. Throws CniError 103 for one that is missing; its hint has the nearest name. */
export function findCommand(program: Command, words: readonly string[]): Command {
  let command = program
  const path = ['vethra']
  for (const word of words) {
    if (word.startsWith('-') || command.commands.length === 0) return command
    const names = command.commands.flatMap((each) => [each.name(), ...each.aliases()])
    const next = command.commands.find((each) => [each.name(), ...each.aliases()].includes(word))
    if (next === undefined && word !== 'help') throw unknown(path, word, names)
    if (next === undefined) return command
    command = next
    path.push(word)
  }
  return command
}

/** The words, each `--flag=true` or `--flag=false` of a flag without a value written as that flag or left out: the last one counts. */
export function plainWords({ options }: Command, words: readonly string[]): readonly string[] {
  const takesValue = (word?: string) =>
    options.some(({ long, short, required }) => required && (long === word || short === word))
  const isPlain = (flag: string) =>
    options.some(({ long, required, optional }) => long === flag && !required && !optional)
  let plain: string[] = []
  for (const word of words) {
    const [, flag = '', value] = /^(--[\w-]+)=(true|false)$/.exec(word) ?? []
    const isValue = plain.includes('--') || takesValue(plain.at(-1))
    if (isValue || !isPlain(flag)) plain.push(word)
    else if (value === 'true') plain.push(flag)
    else plain = plain.filter((each) => each !== flag)
  }
  return plain
}

function unknown(path: readonly string[], word: string, names: readonly string[]): CniError {
  const meant = suggestionFor(word, names)
  const before = path.join(' ')
  const hint =
    meant === undefined
      ? `See the commands: ${before} --help`
      : `Did you mean "${before} ${meant}"?`
  return usageError(`unknown command ${JSON.stringify([...path.slice(1), word].join(' '))}`, hint)
}
