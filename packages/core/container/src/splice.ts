import type { Json } from '@vethra/cni'
import type { Draft, Holder, JsonPath, Piece, Style } from './draft.ts'
import { renderValue } from './render-draft.ts'

/** Puts a value at the path: in place of the one there, else last in its object, which is made when absent or null. */
export function setAt(draft: Draft, path: JsonPath, value: Json): void {
  const key = path.at(-1)
  const holder = holderAt(draft, path.slice(0, -1), kindFor(key))
  const piece = pieceAt(holder, key)
  if (piece) piece.value = laidOut(draft.style, path.length, value)
  else add(draft.style, holder, { depth: path.length, key: String(key), value })
}

/** Puts a value last in the array at the path, which is made when it is absent or null. */
export function appendTo(draft: Draft, path: JsonPath, value: Json): void {
  add(draft.style, holderAt(draft, path, 'array'), { depth: path.length + 1, value })
}

/** Puts a value first in the array at the path, as `appendTo` puts it last. */
export function prependTo(draft: Draft, path: JsonPath, value: Json): void {
  const { source, style } = draft
  const holder = holderAt(draft, path, 'array')
  const first = holder.pieces.find(({ isGone }) => !isGone)
  if (first === undefined) {
    appendTo(draft, path, value)
    return
  }
  const depth = path.length + 1
  const behind = renderValue(source, first)
  first.value = isInline(holder)
    ? `${JSON.stringify(value)},${gapOf(style)}${behind}`
    : `${laidOut(style, depth, value)},${newline(style, depth)}${behind}`
}

/** Removes the key or item at the path; nothing when there is none. The items behind it keep their positions. */
export function removeAt(draft: Draft, path: JsonPath): void {
  const piece = pieceIn(draft, path)
  if (piece) piece.isGone = true
}

/** The object or array at a path; undefined when there is none. */
export function holderIn({ root }: Draft, path: JsonPath): Holder | undefined {
  let value: Piece['value'] = root
  for (const key of path) value = isHolder(value) ? pieceAt(value, key)?.value : undefined
  return isHolder(value) ? value : undefined
}

/** The key or item at a path; undefined when there is none, or it was removed. */
export function pieceIn(draft: Draft, path: JsonPath): Piece | undefined {
  const holder = holderIn(draft, path.slice(0, -1))
  return holder && pieceAt(holder, path.at(-1))
}

/** The object or array at a path, made where there is none. */
function holderAt({ root, style }: Draft, path: JsonPath, kind: Holder['kind']): Holder {
  let holder = root
  for (const [index, key] of path.entries()) {
    const wanted = index === path.length - 1 ? kind : kindFor(path[index + 1])
    const now = { depth: index + 1, key: String(key), value: null }
    const inline = isInline(holder)
    const known = pieceAt(holder, key)
    const piece = known ?? add(style, holder, now)
    const inside = piece.value
    if (isHolder(inside) && inside.kind === wanted) holder = inside
    else {
      holder = { kind: wanted, pieces: [], tail: '', inline: known === undefined && inline }
      piece.value = holder
    }
  }
  return holder
}

function kindFor(key: string | number | undefined): Holder['kind'] {
  return typeof key === 'number' ? 'array' : 'object'
}

function isHolder(value: Piece['value']): value is Holder {
  return typeof value === 'object'
}

function pieceAt({ pieces }: Holder, key: string | number | undefined): Piece | undefined {
  if (typeof key !== 'number') return pieces.find((each) => each.key === key && !each.isGone)
  return pieces[key]?.isGone === true ? undefined : pieces[key]
}

function isInline({ pieces, tail, inline }: Holder): boolean {
  return inline || (pieces.some(({ isGone }) => !isGone) && !tail.includes('\n'))
}

function add(
  style: Style,
  holder: Holder,
  { depth, key, value }: { readonly depth: number; readonly key?: string; readonly value: Json },
): Piece {
  const [gap, isFirst] = [gapOf(style), holder.pieces.every(({ isGone }) => isGone)]
  const inline = isInline(holder)
  const space = inline ? (isFirst ? '' : gap) : newline(style, depth)
  if (!inline && isFirst) holder.tail = newline(style, depth - 1)
  const piece = {
    lead: isFirst ? space : `,${space}`,
    key,
    at: undefined,
    head: key === undefined ? '' : `${JSON.stringify(key)}:${gap}`,
    value: inline ? JSON.stringify(value) : laidOut(style, depth, value),
    isGone: false,
  }
  holder.pieces.push(piece)
  return piece
}

function gapOf({ unit }: Style): string {
  return unit === '' ? '' : ' '
}

function newline({ unit, eol }: Style, depth: number): string {
  return unit === '' ? '' : eol + unit.repeat(depth)
}

function laidOut(style: Style, depth: number, value: Json): string {
  if (style.unit === '') return JSON.stringify(value)
  return JSON.stringify(value, null, style.unit).replaceAll('\n', newline(style, depth))
}
