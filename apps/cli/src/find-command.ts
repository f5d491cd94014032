import { type CniError, usageError } from '@vethra/cni'
import type { Command } from 'commander'
import { isHarmful, suggestionFor } from './suggestion.ts'

/** The command that the words before the first flag name. Throws CniError 103 for one that is missing; its hint has the nearest name. */
export function findCommand(program: Command, words: readonly string[]): Command {
  let command = program
  const path = ['vethra']
  for (const word of words) {
    if (word.startsWith('-') || command.commands.length === 0) return command
    const next = command.commands.find((each) => namesOf(each).includes(word))
    if (next === undefined && word !== 'help') throw unknown(path, word, command)
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

function namesOf(command: Command): readonly string[] {
  return [command.name(), ...command.aliases()]
}

function unknown(path: readonly string[], word: string, { commands }: Command): CniError {
  const before = path.join(' ')
  const meant = meantBy(word, commands).map((each) => `"${before} ${each}"`)
  const hint =
    meant.length === 0
      ? `See the commands: ${before} --help`
      : `Did you mean ${meant.join(' or ')}?`
  return usageError(`unknown command ${JSON.stringify([...path.slice(1), word].join(' '))}`, hint)
}

// "inspect" alone is that of a network or of a container.
function meantBy(word: string, commands: readonly Command[]): readonly string[] {
  const below = commands.filter((each) => each.commands.some((sub) => namesOf(sub).includes(word)))
  if (below.length > 0 && !isHarmful(word)) return below.map((each) => `${each.name()} ${word}`)
  const near = suggestionFor(word, commands.flatMap(namesOf))
  return near === undefined ? [] : [near]
}
