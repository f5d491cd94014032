import type { Json } from '@vethra/cni'
import type { Draft, JsonPath } from './draft.ts'
import { appendTo, prependTo, removeAt, setAt } from './splice.ts'

/** One edit of config.json, and the line that describes it. */
export type Edit =
  | {
      readonly kind: 'set' | 'append'
      readonly path: JsonPath
      readonly value: Json
      readonly note: string
      /** Whether it takes away what the bundle's maker put there. */
      readonly isLoss?: boolean
      /** Whether what is appended comes before all others. */
      readonly isFirst?: boolean
    }
  | {
      readonly kind: 'remove'
      readonly path: JsonPath
      readonly note: string
      readonly isLoss?: false
    }
  /** Nothing to do, and worth saying why. */
  | { readonly kind: 'keep'; readonly note: string; readonly isLoss?: false }

/** Applies all edits in place, at positions of the given text: first what is set, then what is removed, then what is added. */
export function applyAll(draft: Draft, edits: readonly Edit[]): void {
  for (const edit of edits) if (edit.kind === 'set') setAt(draft, edit.path, edit.value)
  for (const edit of edits) if (edit.kind === 'remove') removeAt(draft, edit.path)
  for (const edit of edits) {
    if (edit.kind !== 'append') continue
    const add = edit.isFirst ? prependTo : appendTo
    add(draft, edit.path, edit.value)
  }
}

/** A value that is to be set, and the line that describes it. */
type SetEdit = Omit<Extract<Edit, { readonly value: Json }>, 'kind'>

/** An edit that sets the path to the value; none when it has that value already. */
export function setUnlessSame(present: unknown, edit: SetEdit): readonly Edit[] {
  if (JSON.stringify(present) === JSON.stringify(edit.value)) return []
  return [{ kind: 'set', ...edit }]
}

/** The items of an array, and which of them are ours. */
export interface OwnItems<Item> {
  readonly path: JsonPath
  readonly items: readonly Item[]
  readonly isOurs: (item: Item) => boolean
  /** Whether ours comes before all others, where there is none yet. Default: behind them. */
  readonly isFirst?: boolean
}

/** Edits that leave one item of ours, `value`: the first is replaced in place, more are removed; appended where there is none. */
export function oneOfOurs<Item>(own: OwnItems<Item>, value: Json, note: string): readonly Edit[] {
  const [first, ...more] = own.items.flatMap((item, index) => (own.isOurs(item) ? [index] : []))
  if (first === undefined) {
    const { path, isFirst = false } = own
    return [{ kind: 'append', path, value, note, isFirst }]
  }
  return [
    ...setUnlessSame(own.items[first], { path: [...own.path, first], value, note }),
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
