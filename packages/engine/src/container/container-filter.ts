import { type CniError, usageError } from '@vethra/cni'
import { readPattern } from '@vethra/networks'
import type { ShownState } from './shown-state.ts'

/** A container as `container ls` shows it. */
export interface ContainerRow {
  readonly ID: string
  readonly Name: string
  readonly Networks: readonly string[]
  readonly Addresses: readonly string[]
  readonly Ports: string
  readonly State: ShownState
}

type Matches = (row: ContainerRow, value: string) => boolean

/** The keys of `container ls --filter`, as docker calls them; `status` is ours. */
const keys: Readonly<Record<string, Matches>> = {
  id: ({ ID }, value) => ID.startsWith(value),
  // Docker's names begin with a slash, and scripts have name=^/web$.
  name: ({ Name }, value) => [Name, `/${Name}`].some((each) => readPattern(value).test(each)),
  network: ({ Networks }, value) => Networks.includes(value),
  status: ({ State }, value) => State === value,
}

/** The states that a container can be in. */
const states: readonly string[] = 'prepared running paused stopped failed dead unknown'.split(' ')

/** Whether a container passes filters `KEY=VALUE`: one of each key. Throws CniError 103 for a text that is none. */
export function containerFilter(filters: readonly string[]): (row: ContainerRow) => boolean {
  const groups = [...Map.groupBy(filters.map(readFilter), ({ key }) => key).values()]
  return (row) => groups.every((group) => group.some(({ matches, value }) => matches(row, value)))
}

function readFilter(text: string): { key: string; value: string; matches: Matches } {
  const [key = '', ...rest] = text.split('=')
  const value = rest.join('=')
  const matches = Object.hasOwn(keys, key) ? keys[key] : undefined
  if (matches === undefined || value === '') {
    throw refusal(
      text,
      `Give --filter as KEY=VALUE, with one of these keys: ${Object.keys(keys).join(', ')}.`,
    )
  }
  if (key === 'status' && !states.includes(value))
    throw refusal(text, `Give status as one of ${states.join(', ')}.`)
  if (key === 'name') readPattern(value)
  return { key, value, matches }
}

function refusal(text: string, hint: string): CniError {
  return usageError(`invalid filter ${JSON.stringify(text)}`, hint)
}
