import { type Json, parseJson, present } from '@vethra/cni'
import { draftOfConfig } from './config-keys.ts'
import type { Draft, JsonPath } from './draft.ts'
import type { Edit } from './edit.ts'
import { renderDraft, renderValue } from './render-draft.ts'
import { appendTo, holderIn, pieceIn, removeAt, setAt } from './splice.ts'

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
    const member = {
      key: typeof key === 'string' ? key : undefined,
      wrote: edit.kind === 'set' ? edit.value : undefined,
      before: before === undefined ? undefined : (parseJson(before) as Json),
    }
    return [{ path, ...present(member) }]
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
    .filter((path) => holderIn(draft, path) === undefined)
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
    if (holderIn(draft, path)?.pieces.every(({ isGone }) => isGone)) removeAt(draft, path)
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
  for (const [index, piece] of (holderIn(draft, path)?.pieces ?? []).entries()) {
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
    const isOurs =
      now !== undefined &&
      wrote !== undefined &&
      canonical(parseJson(now) as Json) === canonical(wrote)
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

function valueAt(draft: Draft, path: JsonPath): string | undefined {
  const piece = pieceIn(draft, path)
  return piece && renderValue(draft.source, piece)
}

// Programs that edit JSON put keys in an order of their own.
function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each ?? null)}`).join(',')}}`
}
