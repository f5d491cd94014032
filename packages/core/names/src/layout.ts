import type { LineBlock } from './line-block.ts'

/** The kernel copies page by page, and most resolvers read so: a line across two may be seen half. */
export const page = 4096

/** Rows that are not to come before the offset of the page that they were in. */
export type Anchors = ReadonlyMap<string, number>

/** How many rows of each page are looked at: when the first has gone, the next one shows where the page was. */
const anchorsOfPage = 8

/** The rows between two offsets of a text that are among the first of their page, each with the offset of its page. */
export function anchorsOf(text: string, start: number, stop: number): Anchors {
  const anchors = new Map<string, number>()
  for (let at = Math.ceil((start + 1) / page) * page; at < stop; at += page) {
    const rows = text.slice(at, Math.min(at + page, stop)).split('\n', anchorsOfPage)
    for (const row of rows) anchors.set(`${row}\n`, at)
  }
  return anchors
}

interface Layout {
  readonly text: string
  /** How many octets keep rows in the pages that they were in. */
  readonly spare: number
}

/** Lays rows out for an offset of a file: close together, and none across two pages. */
export function layOut(start: number, blocks: readonly LineBlock[], anchors: Anchors): Layout {
  let text = ''
  let spare = 0
  for (const block of blocks) {
    const fits = block.text.length <= leftOfPage(start + text.length)
    const isAnchored = anchors.size > 0 && block.rows.some((row) => anchors.has(row))
    if (fits && !isAnchored) text += block.text
    else
      for (const row of block.rows) {
        const gap = (anchors.get(row) ?? 0) - start - text.length
        if (gap > 0) spare += gap
        text = withRow(text + filler(gap), row, start)
      }
  }
  return { text, spare }
}

/** The text with one more row: on the next page where the row would lie across two. */
export function withRow(text: string, row: string, start: number): string {
  const left = leftOfPage(start + text.length)
  return row.length > left && row.length <= page ? text + filler(left) + row : text + row
}

/** Comments without words, of so many octets in all; none for less than one. */
export function filler(octets: number): string {
  const widest = 64
  const left = Math.max(octets, 0) % widest
  return comment(widest).repeat(Math.max(octets, 0) / widest) + comment(left)
}

/** Where the next row starts when the last word of one ends at an offset: behind filler. Undefined when something else is there. */
export function fillerEnd(text: string, at: number): number | undefined {
  const rows = /\n(?:#-*\n)*\n?/y
  rows.lastIndex = at
  return rows.test(text) ? rows.lastIndex : undefined
}

function comment(octets: number): string {
  if (octets < 2) return '\n'.repeat(octets)
  return `#${'-'.repeat(octets - 2)}\n`
}

function leftOfPage(at: number): number {
  return page - (at % page)
}
