import { closed, type Patch, padded, trimmed, withRow } from './layout.ts'
import { blockOf, type LineBlock } from './line-block.ts'
import { begin, end, findRegion, furtherRegions, outside, type Region } from './region.ts'

const foot = `${end}\n`

/** From this size on, a hole that can take all that follows it is closed. */
const hole = 16 * 1024

/**
 * What to write into a hosts file, while others read it, so that its managed part holds just these
 * lines in this order. Where it can be, a line that comes is one write into blank space, one that
 * goes is overwritten with blanks, no line moves, and none lies across two pages; the file never gets
 * shorter. Apart from blanks the outcome is that of `renderHosts`. Nothing to write when it holds
 * them already. One character of `old` stands for one octet (latin1); the lines are ASCII.
 */
export function fitHosts(old: string, blocks: readonly LineBlock[]): readonly Patch[] {
  const region = findRegion(old)
  const wanted = [blockOf([begin]), ...blocks]
  if (region === undefined) return [added(old, wanted)]
  const { patches, start, first, text } = keepRows(old, region, wanted)
  if (!isAt(old, region.foot, foot) || start + text.length > region.foot) {
    return [...patches, grown(old, region, { start, rows: rowsOf(wanted).slice(first) })]
  }
  const further = furtherRegions(old, region).map((each) => filled(old, each.start, each.stop, ''))
  return [...patches, ...filled(old, start, region.foot, text), ...further.flat()]
}

/** What is left to do when all rows have been looked at: the rows from `first` on, which `text` holds, go to `start`. */
interface Fitted {
  readonly patches: readonly Patch[]
  readonly start: number
  readonly first: number
  readonly text: string
}

/**
 * Keeps every wanted row where it is, and puts the rows that are missing into the gap before the next
 * one kept. One moves only when the gap is too small for them.
 */
function keepRows(old: string, region: Region, wanted: readonly LineBlock[]): Fitted {
  const nextRow = rowFinder(old, region, wanted)
  const patches: Patch[] = []
  let { start } = region
  let position = start
  let index = 0
  let first = 0
  let text = ''
  let moving = false
  for (const block of wanted) {
    if (position === start && text === '' && isAt(old, position, block.text)) {
      position += block.text.length
      start = position
      index += block.rows.length
      first = index
      continue
    }
    for (const row of block.rows) {
      position = nextRow(position, index, row)
      const stays = isAt(old, position, row)
      const free = position - start - text.length
      moving ||= stays && free >= hole && free >= region.foot - position
      index += 1
      if (stays && free >= 0 && !moving) {
        patches.push(...filled(old, start, position, text))
        start = position + row.length
        first = index
        text = ''
      } else text = withRow(text, row, start)
      if (stays) position += row.length
    }
  }
  return { patches, start, first, text }
}

/** Walks from a position over rows that are blank, or wanted no more behind the line at an index, up to that line's row. */
function rowFinder(
  old: string,
  region: Region,
  wanted: readonly LineBlock[],
): (position: number, index: number, row: string) => number {
  let indexes: ReadonlyMap<string, number> | undefined
  const isWanted = (row: string, index: number) => {
    // Made only for a file that differs: most do not.
    indexes ??= new Map(rowsOf(wanted).map((each, at) => [each, at]))
    return (indexes.get(row) ?? -1) > index
  }
  return (from, index, row) => {
    let position = from
    while (position < region.foot && !isAt(old, position, row)) {
      const newline = old.indexOf('\n', position)
      const stop = newline < 0 ? region.foot : Math.min(newline + 1, region.foot)
      const there = old.slice(position, stop)
      if (there.trim() !== '' && isWanted(there, index)) break
      position = stop
    }
    return position
  }
}

// V8 compares slices many times faster than startsWith does.
function isAt(old: string, position: number, text: string): boolean {
  return old.slice(position, position + text.length) === text
}

function rowsOf(blocks: readonly LineBlock[]): readonly string[] {
  return blocks.flatMap(({ rows }) => rows)
}
/** Puts a text into the gap between two offsets, and blanks over the rest of it. */
function filled(old: string, start: number, stop: number, text: string): readonly Patch[] {
  const gap = old.slice(start, stop)
  if (text === '' && gap.trim() === '') return []
  const next = text + gap.slice(text.length).replace(/[^\n ]/g, ' ')
  return next === gap ? [] : [trimmed(gap, next, start)]
}

function added(old: string, wanted: readonly LineBlock[]): Patch {
  const at = old.length
  const newline = old === '' || old.endsWith('\n') ? '' : '\n'
  const text = rowsOf(wanted).reduce((sum, row) => withRow(sum, row, at), newline)
  return { at, text: closed(text, at) }
}

/**
 * Puts the lines that are left where the last marker was and behind the end of the file: what lies
 * there is seen only when it is whole, for the size grows last.
 */
function grown(
  old: string,
  region: Region,
  { start, rows }: { readonly start: number; readonly rows: readonly string[] },
): Patch {
  const rest = old.length - start
  let text = ''
  for (const row of rows) {
    const next = withRow(text, row, start)
    const overflows = start + next.length > region.foot && text.length < rest
    text = overflows ? withRow(padded(text, rest), row, start) : next
  }
  const whole = closed(padded(text, rest), start) + outside(old).behind
  return trimmed(old.slice(start), whole, start)
}
