import { oneLine } from '@vethra/cni'
import stringWidth from 'string-width'

/** The cells of a table, and how it is to be printed. */
export interface TableOptions {
  /** On a terminal the header is bold. */
  readonly terminal: boolean
  /** The columns that a line may take: the widest cells are cut. Default: nothing is cut. */
  readonly width?: number
}

/** Lines of a table for people, control characters escaped, columns as wide as their widest cell. A cut cell has "…": a path at its beginning. */
export function table(
  header: readonly string[],
  cells: readonly (readonly string[])[],
  { terminal, width = Number.POSITIVE_INFINITY }: TableOptions,
): readonly string[] {
  const rows = cells.map((row) => row.map(oneLine))
  const count = Math.max(header.length, ...rows.map(({ length }) => length))
  const titles = Array.from({ length: count }, (_, column) => header[column] ?? '')
  const natural = titles.map((_, column) =>
    Math.max(...[titles, ...rows].map((row) => stringWidth(row[column] ?? ''))),
  )
  const widths = shrink(natural, titles, width)
  const line = (row: readonly string[]) =>
    titles
      .map((_, column) => padded(row[column] ?? '', widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const head = line(titles)
  return [terminal ? `\u001b[1m${head}\u001b[0m` : head, ...rows.map(line)]
}

// From the widest column first, as far down as its title.
function shrink(
  natural: readonly number[],
  titles: readonly string[],
  width: number,
): readonly number[] {
  const widths = [...natural]
  const tooWide = () => widths.reduce((sum, each) => sum + each + 2, -2) > width
  while (tooWide()) {
    const spare = widths.map((each, column) =>
      each > Math.max(1, stringWidth(titles[column] ?? '')) ? each : 0,
    )
    const widest = spare.indexOf(Math.max(...spare))
    if (spare[widest] === 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

function padded(cell: string, width: number): string {
  const shown = cut(cell, width)
  return shown + ' '.repeat(Math.max(0, width - stringWidth(shown)))
}

function cut(cell: string, width: number): string {
  if (stringWidth(cell) <= width) return cell
  const characters = [...new Intl.Segmenter().segment(cell)].map(({ segment }) => segment)
  return cell.startsWith('/')
    ? `…${fitting(characters.toReversed(), width - 1)
        .toReversed()
        .join('')}`
    : `${fitting(characters, width - 1).join('')}…`
}

// As many characters as fit: some take two columns.
function fitting(characters: readonly string[], width: number): readonly string[] {
  let left = width
  const end = characters.findIndex((each) => {
    left -= stringWidth(each)
    return left < 0
  })
  return end === -1 ? characters : characters.slice(0, end)
}
