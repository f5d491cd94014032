import { readSince } from '@vethra/api'
import { type CniError, usageError } from '@vethra/cni'
import { CommanderError } from 'commander'

/** Collects the values of a flag that may be repeated. */
export function gather(value: string, before: readonly string[]): readonly string[] {
  return [...before, value]
}

/** Collects filters; a time in `until=`, in any form that docker takes, becomes one in RFC 3339. */
export function gatherFilters(now: () => number) {
  return (filter: string, before: readonly string[]): readonly string[] => {
    const until = filter.startsWith('until=') ? readSince(filter.slice(6), now()) : undefined
    const isTime = until?.kind === 'time'
    return [
      ...before,
      isTime ? `until=${new Date(Math.max(0, until.fromMs)).toISOString()}` : filter,
    ]
  }
}

/** Ends a command with exit status 1 and no word: the answer to its question is no. */
export function saysNo(): CommanderError {
  return new CommanderError(1, 'vethra.no', '')
}

/** The CniError for a flag's value that is none of those it takes. */
export function unsupported(flag: string, value: string, known: string): CniError {
  return usageError(`${flag} is ${JSON.stringify(value)}`, `Give ${flag} as ${known}.`)
}
