import { type CniError, usageError } from '@vethra/cni'
import type { Command } from 'commander'
import { suggestionFor } from './suggestion.ts'

/** Throws CniError 103 unless the words before the first flag name a command and its subcommands; its hint has the nearest name. */
export function checkCommand(program: Command, words: readonly string[]): void {
  let command = program
  const path = ['vethra']
  for (const word of words) {
    if (word.startsWith('-') || command.commands.length === 0) return
    const names = command.commands.flatMap((each) => [each.name(), ...each.aliases()])
    const next = command.commands.find((each) => [each.name(), ...each.aliases()].includes(word))
    if (next === undefined && word !== 'help') throw unknown(path, word, names)
    if (next === undefined) return
    command = next
    path.push(word)
  }
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
