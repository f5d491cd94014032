import { type CniError, usageError } from '@vethra/cni'
import { CommanderError } from 'commander'

/** Collects the values of a flag that may be repeated. */
export function gather(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** Ends a command with exit status 1 and no word: the answer to its question is no. */
export function saysNo(): CommanderError {
  return new CommanderError(1, 'vethra.no', '')
}

/** The CniError for a flag's value that is none of those it takes. */
export function unsupported(flag: string, value: string, known: string): CniError {
  return usageError(`${flag} is ${JSON.stringify(value)}`, `Give ${flag} as ${known}.`)
}
