import { end } from './region.ts'

/** A change of a file: what to write at which octet. */
export interface Patch {
  readonly at: number
  readonly text: string
}

/** The kernel copies page by page, and most resolvers read so: a line across two may be seen half. */
const page = 4096

/** What is kept free at least before the last marker, and what its end is rounded up to. */
const room = { least: 128, block: 512 }

/** The text with one more row, for a file that has it at `start`: behind the end of the page where the row would lie across. */
export function withRow(text: string, row: string, start: number): string {
  const left = page - ((start + text.length) % page)
  return row.length > left && row.length <= page ? text + blank(left) + row : text + row
}

/** The text with room for newcomers and the last marker, which so never lies across two pages. */
export function closed(text: string, start: number): string {
  const foot = `${end}\n`
  const least = start + text.length + room.least + foot.length
  const stop = Math.ceil(least / room.block) * room.block
  return text + blank(stop - start - text.length - foot.length) + foot
}

/** The text with a blank row up to a length; as it is when it has it. */
export function padded(text: string, length: number): string {
  return text + blank(length - text.length)
}

/** The change that makes `old`, at an offset of a file, the same as `next`, which is as long or longer. */
export function trimmed(old: string, next: string, start: number): Patch {
  let head = 0
  while (head < old.length && old[head] === next[head]) head += 1
  let stop = next.length
  if (stop === old.length) while (stop > head && old[stop - 1] === next[stop - 1]) stop -= 1
  return { at: start + head, text: next.slice(head, stop) }
}

// Of spaces, so that a person who looks at the file sees one empty line and not hundreds.
function blank(length: number): string {
  return length > 0 ? `${' '.repeat(length - 1)}\n` : ''
}
