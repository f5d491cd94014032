import { endOfString } from '@vethra/cni'
import { endOfValue, skipSpace } from './json-places.ts'

/** The place of a value in a JSON text: keys and positions from the top. */
export type JsonPath = readonly (string | number)[]

/** A JSON text taken apart where edits may change it: read once, and written once, however many there are. */
export interface Draft {
  /** The text as it was read. */
  readonly source: string
  readonly root: Holder
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
  /** The offsets in the source of the opening bracket and of the closing one; absent where it was added. */
  readonly at?: { readonly open: number; readonly close: number }
}

/** A property of an object, or an item of an array. */
export interface Piece {
  /** Undefined for an item. */
  readonly key: string | undefined
  /** Its offsets in the source; undefined where it was added. */
  readonly at: Place | undefined
  /** The text before the key or item that was added, the comma too; empty for one that was read. */
  readonly lead: string
  /** The key that was added, up to its value; empty for an item, and for one that was read. */
  readonly head: string
  /** Undefined for what is as it was read. */
  value: string | Holder | undefined
  isGone: boolean
}

/** Offsets in a text: behind the piece before, of the key or item, of the value, and behind it. */
export interface Place {
  readonly start: number
  readonly key: number
  readonly value: number
  readonly end: number
}

/** Takes a JSON text apart in its uppermost value and at paths of keys joined by slashes, `*` for items. Throws SyntaxError for no holder. */
export function draftOf(text: string, changed: (path: string) => boolean): Draft {
  const open = skipSpace(text, 0)
  if (!opensHolder(text, open)) throw new SyntaxError('no JSON object or array to take apart')
  return { source: text, root: takeApart({ text, changed }, open, ''), style: styleOf(text) }
}

function opensHolder(text: string, at: number): boolean {
  return text[at] === '{' || text[at] === '['
}

interface Changing {
  readonly text: string
  readonly changed: (path: string) => boolean
}

function takeApart(changing: Changing, open: number, path: string): Holder {
  const { text, changed } = changing
  const kind = text[open] === '{' ? 'object' : 'array'
  const pieces: Piece[] = []
  const prefix = path === '' ? '' : `${path}/`
  let start = open + 1
  for (;;) {
    let at = skipSpace(text, start)
    if (text[at] === '}' || text[at] === ']')
      return { kind, pieces, tail: text.slice(start, at), inline: false, at: { open, close: at } }
    if (text[at] === ',') at = skipSpace(text, at + 1)
    const behindKey = kind === 'object' ? endOfString(text, at) + 1 : at
    const key = kind === 'object' ? decoded(text.slice(at, behindKey)) : undefined
    // Over the colon.
    const value = key === undefined ? at : skipSpace(text, skipSpace(text, behindKey) + 1)
    const isTaken = opensHolder(text, value) && changed(prefix + (key ?? '*'))
    const inside = isTaken ? takeApart(changing, value, prefix + (key ?? '*')) : undefined
    const end = inside?.at === undefined ? endOfValue(text, value) : inside.at.close + 1
    const place = { start, key: at, value, end }
    pieces.push({ key, at: place, lead: '', head: '', value: inside, isGone: false })
    start = end
  }
}

function decoded(key: string): string {
  return key.includes('\\') ? JSON.parse(key) : key.slice(1, -1)
}

function styleOf(text: string): Style {
  const match = /^\s*\{[ \t]*(\r?\n)([ \t]{1,16})"/.exec(text)
  return { unit: match?.[2] ?? '', eol: match?.[1] ?? '\n' }
}
