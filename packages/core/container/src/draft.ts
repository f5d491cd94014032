import { visit } from 'jsonc-parser'

/** The place of a value in a JSON text: keys and positions from the top. */
export type JsonPath = readonly (string | number)[]

/** A JSON text in pieces, which edits change in place: read once, and written once, however many there are. */
export interface Draft {
  /** The text as it was read. */
  readonly source: string
  readonly before: string
  readonly root: Holder
  readonly after: string
  readonly style: Style
}

/** How a text is laid out. */
export interface Style {
  /** One step of indentation; empty in a compact text. */
  readonly unit: string
  readonly eol: string
}

/** An object or array, taken apart. */
export interface Holder {
  readonly kind: 'object' | 'array'
  readonly pieces: Piece[]
  /** The text between the last piece and the closing bracket. */
  tail: string
  /** Whether it was added to a line of others. */
  readonly inline: boolean
}

/** A property of an object, or an item of an array. */
export interface Piece {
  /** The text between the piece before and this one, the comma too. */
  readonly lead: string
  /** Absent for an item. */
  readonly key?: string
  /** The key as written, up to the value; empty for an item. */
  readonly head: string
  value: string | Holder
  isGone: boolean
  /** All of it as it was read, while it is so; absent for a holder. */
  source?: string | undefined
}

/** The part of an object or array that is read while it is open. */
interface Frame {
  readonly path: string
  /** Undefined where nothing is to be changed. */
  readonly holder: Holder | undefined
  readonly offset: number
  /** Behind the bracket, or the last piece. */
  end: number
  key: { readonly text: string; readonly offset: number } | undefined
}

/**
 * Takes a JSON text apart in its uppermost value, and in the objects and arrays at these paths:
 * keys from the top, joined by slashes. An item counts as the key `*`. Throws SyntaxError when the
 * text is no object or array.
 */
export function draftOf(text: string, changed: (path: string) => boolean): Draft {
  const open: Frame[] = []
  let draft: Draft | undefined
  const enter = (kind: Holder['kind'], offset: number) => {
    const path = pathIn(open.at(-1))
    const taken = path === '' || changed(path)
    const holder = taken ? ({ kind, pieces: [], tail: '', inline: false } as Holder) : undefined
    open.push({ path, holder, offset, end: offset + 1, key: undefined })
    return taken
  }
  const leave = (offset: number, length: number) => {
    const frame = open.pop()
    const end = offset + length
    if (frame?.holder) frame.holder.tail = text.slice(frame.end, offset)
    const value = frame?.holder ?? text.slice(frame?.offset, end)
    const parent = open.at(-1)
    if (parent) add(text, parent, { value, offset: frame?.offset ?? offset, end })
    else if (typeof value !== 'string')
      draft = {
        source: text,
        before: text.slice(0, frame?.offset),
        root: value,
        after: text.slice(end),
        style: styleOf(text),
      }
  }
  visit(text, {
    onObjectBegin: (offset) => enter('object', offset),
    onArrayBegin: (offset) => enter('array', offset),
    onObjectProperty: (key, offset) => {
      const frame = open.at(-1)
      if (frame) frame.key = { text: key, offset }
    },
    onObjectEnd: leave,
    onArrayEnd: leave,
    onLiteralValue: (_, offset, length) => {
      const [frame, end] = [open.at(-1), offset + length]
      if (frame) add(text, frame, { value: text.slice(offset, end), offset, end })
    },
  })
  if (draft === undefined) throw new SyntaxError('no JSON object or array to take apart')
  return draft
}

/** The text that a draft has become. */
export function renderDraft(draft: Draft): string {
  return segmentsOf(draft).join('')
}

/** The same in pieces: a draft that changes little has nearly the same ones afterwards. */
export function segmentsOf({ before, root, after }: Draft): readonly string[] {
  const parts = [before]
  collect(root, parts)
  parts.push(after)
  return parts
}

/** The text of a value. */
export function renderValue(value: Piece['value']): string {
  if (typeof value === 'string') return value
  const parts: string[] = []
  collect(value, parts)
  return parts.join('')
}

function collect({ kind, pieces, tail }: Holder, parts: string[]): void {
  const [open, close] = kind === 'object' ? '{}' : '[]'
  const left = pieces.filter(({ isGone }) => !isGone)
  parts.push(open ?? '')
  for (const [index, { lead, head, value, source }] of left.entries()) {
    const isMoved = index === 0 && lead.includes(',')
    if (source !== undefined && !isMoved) {
      parts.push(source)
      continue
    }
    const start = (isMoved ? (pieces[0]?.lead ?? '') : lead) + head
    if (typeof value === 'string') parts.push(start + value)
    else {
      parts.push(start)
      collect(value, parts)
    }
  }
  parts.push((left.length === 0 && pieces.length > 0 ? '' : tail) + (close ?? ''))
}

function pathIn(parent: Frame | undefined): string {
  if (parent === undefined) return ''
  const name = parent.key?.text ?? '*'
  return parent.path === '' ? name : `${parent.path}/${name}`
}

function add(
  text: string,
  frame: Frame,
  {
    value,
    offset,
    end,
  }: { readonly value: string | Holder; readonly offset: number; readonly end: number },
): void {
  const start = frame.key?.offset ?? offset
  frame.holder?.pieces.push({
    lead: text.slice(frame.end, start),
    ...(frame.key === undefined ? {} : { key: frame.key.text }),
    head: text.slice(start, offset),
    value,
    isGone: false,
    ...(typeof value === 'string' ? { source: text.slice(frame.end, end) } : {}),
  })
  frame.end = end
  frame.key = undefined
}

function styleOf(text: string): Style {
  const match = /^\s*\{[ \t]*(\r?\n)([ \t]{1,16})"/.exec(text)
  return { unit: match?.[2] ?? '', eol: match?.[1] ?? '\n' }
}
