import type { Json } from '@vethra/spec'
import { appendTo, type JsonPath, removeAt, setAt } from './splice.ts'

/** One thing to do to config.json, and the line that tells of it. */
export type Edit =
  | {
      readonly kind: 'set' | 'append'
      readonly path: JsonPath
      readonly value: Json
      readonly note: string
    }
  | { readonly kind: 'remove'; readonly path: JsonPath; readonly note: string }
  /** Nothing to do, and worth saying why. */
  | { readonly kind: 'keep'; readonly note: string }

/**
 * The text after all edits. Positions in paths are those of the text as given: what is set comes
 * first, then what is removed, the last position first, then what is appended.
 */
export function applyAll(text: string, edits: readonly Edit[]): string {
  const removals = edits
    .flatMap((edit) => (edit.kind === 'remove' ? [edit.path] : []))
    .toSorted((a, b) => position(b) - position(a))
  const set = edits.reduce((so, edit) => {
    return edit.kind === 'set' ? setAt(so, edit.path, edit.value) : so
  }, text)
  const removed = removals.reduce(removeAt, set)
  return edits.reduce((so, edit) => {
    return edit.kind === 'append' ? appendTo(so, edit.path, edit.value) : so
  }, removed)
}

/** An edit that sets the path to the value; none when it has that value already. */
export function setUnlessSame(
  path: JsonPath,
  present: unknown,
  value: Json,
  note: string,
): readonly Edit[] {
  if (JSON.stringify(present) === JSON.stringify(value)) return []
  return [{ kind: 'set', path, value, note }]
}

/** The items of an array, and which of them are ours. */
export interface OwnItems<Item> {
  readonly path: JsonPath
  readonly items: readonly Item[]
  readonly isOurs: (item: Item) => boolean
}

/**
 * Edits after which exactly one item of ours is in the array, and is `value`: the first is replaced
 * where it stands, more are removed, and where there is none it is appended.
 */
export function oneOfOurs<Item>(own: OwnItems<Item>, value: Json, note: string): readonly Edit[] {
  const [first, ...more] = own.items.flatMap((item, index) => (own.isOurs(item) ? [index] : []))
  if (first === undefined) return [{ kind: 'append', path: own.path, value, note }]
  return [
    ...setUnlessSame([...own.path, first], own.items[first], value, note),
    ...more.map((index) => removal([...own.path, index], `only once: ${note}`)),
  ]
}

/** Edits after which no item of ours is in the array. */
export function noneOfOurs<Item>(own: OwnItems<Item>, note: string): readonly Edit[] {
  return own.items.flatMap((item, index) => {
    return own.isOurs(item) ? [removal([...own.path, index], note)] : []
  })
}

function removal(path: JsonPath, note: string): Edit {
  return { kind: 'remove', path, note }
}

function position(path: JsonPath): number {
  const last = path.at(-1)
  return typeof last === 'number' ? last : 0
}
