import { type Json, parseJson } from '@vethra/cni'
import { draftOfConfig } from './config-keys.ts'
import type { Draft, Holder, JsonPath, Piece } from './draft.ts'
import type { Edit } from './edit.ts'
import { renderDraft, renderValue } from './render-draft.ts'
import { appendTo, removeAt, setAt } from './splice.ts'

/** One member of an object, or item of an array, that was written or taken away. */
export interface Member {
  /** The place of the object or array. */
  readonly path: readonly string[]
  /** Absent for an item. */
  readonly key?: string
  /** The text written; absent where something was removed. */
  readonly wrote?: Json
  /** The text before; absent where there was none. */
  readonly before?: Json
}

/** The effect of edits on a draft that they have not been applied to yet, a member each. */
export function membersOf(draft: Draft, edits: readonly Edit[]): readonly Member[] {
  return edits.flatMap((edit) => {
    if (edit.kind === 'keep') return []
    if (edit.kind === 'append') return [{ path: edit.path.map(String), wrote: edit.value }]
    const [path, key] = [edit.path.slice(0, -1).map(String), edit.path.at(-1)]
    const before = valueAt(draft, edit.path)
    return [
      {
        path,
        ...(typeof key === 'string' ? { key } : {}),
        ...(edit.kind === 'set' ? { wrote: edit.value } : {}),
        ...(before === undefined ? {} : { before: parseJson(before) as Json }),
      },
    ]
  })
}

/** The objects and arrays that edits make in a draft, the innermost first. */
export function madeBy(draft: Draft, edits: readonly Edit[]): readonly (readonly string[])[] {
  const paths = edits.flatMap((edit) => {
    if (edit.kind !== 'set' && edit.kind !== 'append') return []
    const holder = edit.kind === 'append' ? edit.path : edit.path.slice(0, -1)
    return holder.map((_, index) => holder.slice(0, index + 1).map(String))
  })
  const unique = new Map(paths.map((path) => [path.join('/'), path]))
  return [...unique.values()]
    .filter((path) => holderAt(draft, path) === undefined)
    .toSorted((a, b) => b.length - a.length)
}

/** The text with members taken out, and those that were there before put back, where they are still as they were written. */
export function undoMembers(
  text: string,
  given: { readonly members: readonly Member[]; readonly made: readonly (readonly string[])[] },
): string {
  const { members, made } = given
  const draft = draftOfConfig(text)
  const items = new Map<string, Items>()
  for (const member of members.toReversed())
    undoMember(draft, member, itemsOf(draft, member, items))
  for (const path of made) {
    if (holderAt(draft, path)?.pieces.every(({ isGone }) => isGone)) removeAt(draft, path)
  }
  return renderDraft(draft).text
}

/** Where the items of an array stand, by what they say. */
type Items = Map<string, number[]>

function itemsOf(draft: Draft, { path, key }: Member, known: Map<string, Items>): Items {
  const place = path.join('/')
  const found = known.get(place)
  if (found || key !== undefined) return found ?? new Map()
  const items: Items = new Map()
  for (const [index, piece] of (holderAt(draft, path)?.pieces ?? []).entries()) {
    const text = canonical(parseJson(renderValue(draft.source, piece)) as Json)
    const known = items.get(text)
    if (known) known.push(index)
    else items.set(text, [index])
  }
  known.set(place, items)
  return items
}

function undoMember(draft: Draft, { path, key, wrote, before }: Member, items: Items): void {
  if (key !== undefined) {
    const at = [...path, key]
    const now = valueAt(draft, at)
    const isOurs = now !== undefined && wrote !== undefined && isSame(parseJson(now) as Json, wrote)
    if (now === undefined ? wrote === undefined && before !== undefined : isOurs) {
      if (before === undefined) removeAt(draft, at)
      else setAt(draft, at, before)
    }
    return
  }
  if (wrote === undefined) {
    if (before !== undefined && !items.has(canonical(before))) appendTo(draft, path, before)
    return
  }
  const index = items.get(canonical(wrote))?.pop()
  if (index === undefined) return
  if (before === undefined) removeAt(draft, [...path, index])
  else setAt(draft, [...path, index], before)
}

function holderAt({ root }: Draft, path: JsonPath): Holder | undefined {
  let holder: Holder | undefined = root
  for (const key of path) {
    const value: Piece['value'] | undefined = holder?.pieces.find(
      (each) => each.key === key && !each.isGone,
    )?.value
    holder = typeof value === 'object' ? value : undefined
  }
  return holder
}

function valueAt(draft: Draft, path: JsonPath): string | undefined {
  const pieces = holderAt(draft, path.slice(0, -1))?.pieces ?? []
  const key = path.at(-1)
  const piece = typeof key === 'number' ? pieces[key] : pieces.find((each) => each.key === key)
  return piece === undefined || piece.isGone ? undefined : renderValue(draft.source, piece)
}

function isSame(a: Json, b: Json): boolean {
  return canonical(a) === canonical(b)
}

// Programs that edit JSON put keys in an order of their own.
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each ?? null)}`).join(',')}}`
}
