/** Some lines and how they stand in a file: comparing a block that many files share costs little more than a line. */
export interface LineBlock {
  /** The lines, each with its newline. */
  readonly rows: readonly string[]
  /** The rows as one text. */
  readonly text: string
}

/** Files have a gap at the end of each page, which spoils one block: so a block is small beside a page. */
const size = 8

/** A block of these lines, which come without their newlines. */
export function blockOf(lines: readonly string[]): LineBlock {
  return block(lines.map((line) => `${line}\n`))
}

/** The block with some of its rows put in others' places, or left out where there is none. */
export function changedBlock(
  { rows }: LineBlock,
  changes: ReadonlyMap<number, string | undefined>,
): LineBlock {
  const changed = rows.map((row, index) => (changes.has(index) ? changes.get(index) : row))
  return block(changed.filter((row) => row !== undefined))
}

/** The lines in blocks of 8; the last may have fewer. The line at `index` is in the block `blockAt(index)`. */
export function blocksOf(lines: readonly string[]): readonly LineBlock[] {
  const blocks: LineBlock[] = []
  for (let start = 0; start < lines.length; start += size)
    blocks.push(blockOf(lines.slice(start, start + size)))
  return blocks
}

/** Which block of `blocksOf` holds the line at an index, and which of its rows it is. */
export function blockAt(index: number): { readonly block: number; readonly row: number } {
  return { block: Math.floor(index / size), row: index % size }
}

function block(rows: readonly string[]): LineBlock {
  return { rows, text: rows.join('') }
}
