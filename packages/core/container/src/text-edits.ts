/** A change to a text: `length` characters from `at` on are replaced. */
export interface TextEdit {
  readonly at: number
  readonly length: number
  readonly text: string
}

/** The text after edits, which stand in order and do not overlap; undefined where they do not fit it. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string | undefined {
  const parts: string[] = []
  let end = 0
  for (const { at, length, text: part } of edits) {
    if (at < end || at + length > text.length) return undefined
    parts.push(text.slice(end, at), part)
    end = at + length
  }
  return parts.join('') + text.slice(end)
}

/** The edits that turn the second of two texts back into the first; both are given in pieces, of which most are in both. */
export function inverseEdits(
  before: readonly string[],
  after: readonly string[],
): readonly TextEdit[] {
  let start = 0
  while (start < before.length && before[start] === after[start]) start += 1
  const offset = joined(after, 0, start).length
  let end = 0
  const left = Math.min(before.length, after.length) - start
  while (end < left && before.at(-1 - end) === after.at(-1 - end)) end += 1
  const middle = (parts: readonly string[]) => parts.slice(start, parts.length - end)
  const edits = differing(middle(before), middle(after))
  return edits.map(({ at, length, text }) => ({ at: at + offset, length, text }))
}

function differing(before: readonly string[], after: readonly string[]): readonly TextEdit[] {
  const [inBefore, inAfter] = [finder(before), finder(after)]
  const edits: { at: number; length: number; text: string }[] = []
  let [offset, from, to] = [0, 0, 0]
  const replace = (removed: number, added: number) => {
    const length = joined(after, to, to + added).length
    const text = joined(before, from, from + removed)
    const last = edits.at(-1)
    if (last && last.at + last.length === offset) {
      last.length += length
      last.text += text
    } else edits.push({ at: offset, length, text })
    ;[offset, from, to] = [offset + length, from + removed, to + added]
  }
  while (from < before.length || to < after.length) {
    const [was, is] = [before[from], after[to]]
    if (was !== undefined && was === is) {
      ;[offset, from, to] = [offset + is.length, from + 1, to + 1]
      continue
    }
    const added = inAfter(was, to)
    const removed = inBefore(is, from)
    // The nearer of the two is where the texts meet again.
    if (added === undefined && removed === undefined) {
      replace(was === undefined ? 0 : 1, is === undefined ? 0 : 1)
    } else if ((added ?? Number.POSITIVE_INFINITY) <= (removed ?? Number.POSITIVE_INFINITY)) {
      replace(0, added ?? 0)
    } else replace(removed ?? 0, 0)
  }
  return edits
}

function joined(parts: readonly string[], start: number, end: number): string {
  return parts.slice(start, end).join('')
}

/** The distance from a place to the next occurrence of a piece; undefined where there is none. */
type Finder = (part: string | undefined, from: number) => number | undefined

const near = 256

/** Edits are small: a piece is looked for nearby, and an index of all is made only when many were not found there. */
function finder(parts: readonly string[]): Finder {
  let places: ReadonlyMap<string, readonly number[]> | undefined
  let missed = 0
  return (part, from) => {
    if (part === undefined) return undefined
    const found = parts.slice(from, from + near).indexOf(part)
    if (found >= 0) return found
    missed += 1
    if (missed < near || from + near >= parts.length) return undefined
    places ??= placesIn(parts)
    return distance(places.get(part) ?? [], from)
  }
}

function placesIn(parts: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>()
  for (const [index, part] of parts.entries()) {
    const known = places.get(part)
    if (known) known.push(index)
    else places.set(part, [index])
  }
  return places
}

function distance(known: readonly number[], from: number): number | undefined {
  let [low, high] = [0, known.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((known[middle] ?? 0) < from) low = middle + 1
    else high = middle
  }
  const found = known[low]
  return found === undefined ? undefined : found - from
}
