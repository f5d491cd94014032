import { oneLine } from '@vethra/cni'

/** The cells of a table, and how it is to be printed. */
export interface TableOptions {
  /** On a terminal the header is bold. */
  readonly terminal: boolean
  /** No line gets longer: the widest columns are cut. Default: nothing is cut. */
  readonly width?: number
}

/**
 * Lines of a table for people, control characters of cells escaped: columns as wide as their widest
 * cell, two spaces between, nothing after the last one. A cell that is cut has "…" in place of the
 * missing part: at the beginning of a path, else at the end.
 */
export function table(
  header: readonly string[],
  cells: readonly (readonly string[])[],
  { terminal, width = Number.POSITIVE_INFINITY }: TableOptions,
): readonly string[] {
  const rows = cells.map((row) => row.map(oneLine))
  const natural = header.map((title, column) =>
    Math.max(...[header, ...rows].map((row) => (row[column] ?? title).length)),
  )
  const widths = shrink(natural, header, width)
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cut(cell, widths[column] ?? 0).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const head = line(header)
  return [terminal ? `\u001b[1m${head}\u001b[0m` : head, ...rows.map(line)]
}

// From the widest column first, as far down as its title.
function shrink(
  natural: readonly number[],
  header: readonly string[],
  width: number,
): readonly number[] {
  const widths = [...natural]
  const tooWide = () => widths.reduce((sum, each) => sum + each + 2, -2) > width
  while (tooWide()) {
    const spare = widths.map((each, column) => (each > (header[column] ?? '').length ? each : 0))
    const widest = spare.indexOf(Math.max(...spare))
    if (spare[widest] === 0) break
    widths[widest] = (widths[widest] ?? 0) - 1
  }
  return widths
}

function cut(cell: string, width: number): string {
  if (cell.length <= width) return cell
  return cell.startsWith('/')
    ? `…${cell.slice(cell.length - width + 1)}`
    : `${cell.slice(0, width - 1)}…`
}
