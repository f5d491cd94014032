import { type Anchors, anchorsOf, filler, fillerEnd, layOut, page, withRow } from './layout.ts'
import { blockOf, type LineBlock } from './line-block.ts'
import { type Patch, patchesBetween } from './patches.ts'
import { begin, end, findRegion, outside } from './region.ts'

/** How a hosts file gets its managed lines while others read it. */
export interface HostsFit {
  /** The pieces to write, in this order. */
  readonly patches: readonly Patch[]
  /** The size of the file after that: where it is longer it ends in what has to be cut off. */
  readonly size: number
  /** The kind of line that the file held too much of, so that nothing of its text was kept. */
  readonly excess?: Excess
}

/** A part of a hosts file that is larger than any real one. */
export interface Excess {
  readonly part: 'whole file' | 'text outside the managed part' | 'managed part'
  readonly octets: number
  readonly limit: number
}

/** The limit in octets of the users' text beside the managed part. */
const outsideLimit = 64 * 1024

/** An end that text follows moves only so many octets at a time. */
const step = 512

/** The largest hosts file with these lines that is read, in octets. */
export function hostsLimit(blocks: readonly LineBlock[]): number {
  return outsideLimit + regionLimit(blocks)
}

/**
 * The pieces to write into a hosts file of `size` octets so that its managed part holds just these
 * lines in this order; `old` is its text, or the first `hostsLimit` octets of it. Apart from
 * comments without words, which keep lines from lying across two pages, the outcome is that of
 * `renderHosts`; of a file with too much in it nothing is kept. One character of `old` is one octet
 * (latin1); the lines are ASCII.
 */
export function fitHosts(
  old: string,
  blocks: readonly LineBlock[],
  size: number = old.length,
): HostsFit {
  const { before, behind } = outside(old)
  const excess = excessOf({ size, kept: before.length + behind.length }, blocks)
  if (excess !== undefined) {
    const text = managed({ old: '', start: 0, tail: '' }, blocks)
    return { patches: [{ at: 0, text }], size: text.length, excess }
  }
  const head = before === '' || before.endsWith('\n') ? before : `${before}\n`
  // A kill leaves empty lines at the end, and nothing else does: they are no text.
  const tail = /[^\n]/.test(behind) ? behind : ''
  const file = { old, start: head.length, tail }
  if (tail === behind && holds(file, blocks)) return { patches: [], size }
  const next = head + managed(file, blocks) + tail
  // A kill between two writes leaves text of users twice rather than not at all, and where there is none
  // behind, a part without a last marker, which the next operation takes for what it is.
  const order = next.length > old.length === (tail === '') ? 'forwards' : 'backwards'
  return { patches: patchesBetween(old, next, order), size: next.length }
}

/** A hosts file: its text, where its managed part starts, and the text of users behind that. */
interface HostsText {
  readonly old: string
  readonly start: number
  readonly tail: string
}

/** Whether these lines are all that is managed, with nothing between them but what fills pages. */
function holds({ old, start, tail }: HostsText, blocks: readonly LineBlock[]): boolean {
  let at: number | undefined = start
  for (const { text, rows } of [blockOf([begin]), ...blocks, blockOf([end])]) {
    for (const row of old.startsWith(text, at) ? [text] : rows) {
      at = old.startsWith(row.slice(0, -1), at) ? fillerEnd(old, at + row.length - 1) : undefined
      if (at === undefined) return false
    }
  }
  return at + tail.length === old.length
}

function managed({ old, start, tail }: HostsText, blocks: readonly LineBlock[]): string {
  const text = rowsAt(old, start, [blockOf([begin]), ...blocks])
  const foot = `${end}\n`
  const at = start + text.length
  // Behind the first page, moving what follows could lose it to a kill between two writes.
  const room = tail !== '' && at + foot.length > page ? (step - (at % step)) % step : 0
  return withRow(text + filler(room), foot, start)
}

const none: Anchors = new Map()

/** Rows stay in their pages, so that no reader misses one that moves, unless that takes up a quarter of the file. */
function rowsAt(old: string, start: number, blocks: readonly LineBlock[]): string {
  const close = layOut(start, blocks, none).text
  const region = findRegion(old)
  const anchors = region ? anchorsOf(old, start, region.foot) : none
  // Most often a row comes, and none moves to an earlier page.
  if (staysBehind(close, start, anchors)) return close
  const stable = layOut(start, blocks, anchors)
  return stable.spare > page / 4 + stable.text.length / 4 ? close : stable.text
}

function staysBehind(text: string, start: number, anchors: Anchors): boolean {
  return [...anchors].every(([row, offset]) => {
    const at = text.indexOf(row)
    return at < 0 || start + at >= offset
  })
}

function excessOf(
  { size, kept }: { readonly size: number; readonly kept: number },
  blocks: readonly LineBlock[],
): Excess | undefined {
  const limit = regionLimit(blocks)
  if (size > outsideLimit + limit)
    return { part: 'whole file', octets: size, limit: outsideLimit + limit }
  if (kept > outsideLimit)
    return { part: 'text outside the managed part', octets: kept, limit: outsideLimit }
  return size - kept > limit ? { part: 'managed part', octets: size - kept, limit } : undefined
}

// Twice what would be written, and a page for the room that earlier versions kept.
function regionLimit(blocks: readonly LineBlock[]): number {
  const octets = blocks.reduce((sum, { text }) => sum + text.length, begin.length + end.length + 2)
  return 2 * octets + page
}
