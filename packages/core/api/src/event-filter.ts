import { type CniError, usageError } from '@vethra/cni'
import { eventTypes, type HostEvent, kindOf } from './event.ts'

type Matches = (event: HostEvent, value: string) => boolean

/** The keys of `--filter`, as docker calls them. */
const keys: Readonly<Record<string, Matches>> = {
  type: ({ Type }, value) => value === Type || value === kindOf(Type)[0],
  event: ({ Type }, value) => value === Type || value === kindOf(Type)[1] || isRemoval(Type, value),
  network: ({ Network }, value) => Network === value,
  // The beginning of an id counts where it can be no name.
  container: ({ Container = '', Name }, value) =>
    Container === value ||
    Name === value ||
    (/^[0-9a-f]{12,}$/.test(value) && Container.startsWith(value)),
  namespace: ({ Namespace }, value) => Namespace === value,
  by: ({ By }, value) => By === value,
}

const kinds = eventTypes.map(kindOf)

/** The values of `type=` and `event=`, beside a `Type`. */
const words: Readonly<Record<string, ReadonlySet<string>>> = {
  type: new Set(kinds.map(([kind]) => kind)),
  event: new Set([...kinds.map(([, event]) => event), 'remove']),
}

/** Whether an event passes filters `KEY=VALUE`: one of each key. Throws CniError 103 for a text that is none of them. */
export function eventFilter(filters: readonly string[]): (event: HostEvent) => boolean {
  const read = filters.map(readFilter)
  const groups = [...Map.groupBy(read, ({ key }) => key).values()]
  return (event) =>
    groups.every((group) => group.some(({ matches, value }) => matches(event, value)))
}

function readFilter(text: string): { key: string; value: string; matches: Matches } {
  const [key = '', ...rest] = text.split('=')
  const matches = Object.hasOwn(keys, key) ? keys[key] : undefined
  const value = rest.join('=')
  if (matches === undefined || value === '')
    throw refusal(
      text,
      `Give --filter as KEY=VALUE, with one of these keys: ${Object.keys(keys).join(', ')}.`,
    )
  const known = words[key]
  if (known !== undefined && !known.has(value) && !eventTypes.some((each) => each === value))
    throw refusal(text, `Give ${key} as one of ${[...known].join(', ')}.`)
  return { key, value, matches }
}

function refusal(text: string, hint: string): CniError {
  return usageError(`invalid filter ${JSON.stringify(text)}`, hint)
}

// Podman says remove where docker says destroy.
function isRemoval(type: HostEvent['Type'], value: string): boolean {
  return value === 'remove' && kindOf(type)[1] === 'destroy'
}
