import type { Draft, Holder, Piece, Place } from './draft.ts'
import type { TextEdit } from './text-edits.ts'

interface Rendered {
  readonly text: string
  /** The edits that turn it back into the source. */
  readonly inverse: readonly TextEdit[]
}

/** The text that a draft has become. */
export function renderDraft({ source, root }: Draft): Rendered {
  return rewritten(source, { start: 0, end: source.length }, (replace) =>
    replaceIn(source, root, replace),
  )
}

/** The text of the value of a piece. */
export function renderValue(source: string, piece: Piece): string {
  const { value, at } = piece
  if (value === undefined) return at === undefined ? '' : source.slice(at.value, at.end)
  return typeof value === 'string' ? value : renderHolder(source, value)
}

/** Has a stretch of the source replaced: from an offset to another. */
type Replace = (start: number, end: number, text: string) => void

function renderHolder(source: string, holder: Holder): string {
  const { at, kind, pieces, tail } = holder
  if (at) {
    const part = { start: at.open, end: at.close + 1 }
    return rewritten(source, part, (replace) => replaceIn(source, holder, replace)).text
  }
  const [open, close] = kind === 'object' ? '{}' : '[]'
  const left = pieces.filter(({ isGone }) => !isGone)
  const texts = left.map((piece, index) => added(source, holder, { piece, isFirst: index === 0 }))
  return open + texts.join('') + (left.length === 0 && pieces.length > 0 ? '' : tail) + close
}

function rewritten(
  source: string,
  { start, end }: { readonly start: number; readonly end: number },
  change: (replace: Replace) => void,
): Rendered {
  const parts: string[] = []
  const inverse: { at: number; length: number; text: string }[] = []
  let [copied, length] = [start, 0]
  change((from, to, text) => {
    const before = source.slice(from, to)
    if (before === text) return
    const kept = source.slice(copied, from)
    parts.push(kept, text)
    const last = inverse.at(-1)
    if (last && kept === '') {
      last.length += text.length
      last.text += before
    } else inverse.push({ at: length + kept.length, length: text.length, text: before })
    length += kept.length + text.length
    copied = to
  })
  parts.push(source.slice(copied, end))
  return { text: parts.join(''), inverse }
}

function replaceIn(source: string, holder: Holder, replace: Replace): void {
  const { at: holderAt, pieces, tail } = holder
  if (holderAt === undefined) return
  let end = holderAt.open + 1
  let isFirst = true
  const parts: string[] = []
  for (const piece of pieces) {
    const { at } = piece
    if (at) end = at.end
    if (piece.isGone) {
      if (at) replace(at.start, at.end, '')
      continue
    }
    if (at)
      replacePiece(
        source,
        { piece, at, lead: isFirst ? leadOf(source, holder, piece) : undefined },
        replace,
      )
    else parts.push(added(source, holder, { piece, isFirst }))
    isFirst = false
  }
  const rest = isFirst && pieces.length > 0 ? '' : tail
  const isTail = rest === source.slice(end, holderAt.close)
  replace(end, isTail ? end : holderAt.close, parts.join('') + (isTail ? '' : rest))
}

function replacePiece(
  source: string,
  given: { readonly piece: Piece; readonly at: Place; readonly lead: string | undefined },
  replace: Replace,
): void {
  const { piece, at, lead } = given
  const { value } = piece
  if (lead !== undefined) replace(at.start, at.key, lead)
  if (value === undefined) return
  if (typeof value === 'object' && value.at) replaceIn(source, value, replace)
  else replace(at.value, at.end, renderValue(source, piece))
}

function added(
  source: string,
  holder: Holder,
  { piece, isFirst }: { readonly piece: Piece; readonly isFirst: boolean },
): string {
  const lead = isFirst ? leadOf(source, holder, piece) : piece.lead
  return lead + piece.head + renderValue(source, piece)
}

// Before the first one left stands no comma, but what stood before the first one of all.
function leadOf(source: string, { pieces }: Holder, piece: Piece): string {
  const own = leadText(source, piece)
  const [first] = pieces
  return own.includes(',') && first ? leadText(source, first) : own
}

function leadText(source: string, { at, lead }: Piece): string {
  return at ? source.slice(at.start, at.key) : lead
}
