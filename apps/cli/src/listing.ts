import type { Io } from '@vethra/world'
import { table } from './table.ts'
import { parseTemplate } from './template.ts'

/** A listing: the objects that programs get, and how people see them. */
export interface Listing<T> {
  readonly items: readonly T[]
  readonly header: readonly string[]
  /** The cells of one row, as many as the header has. */
  readonly row: (item: T) => readonly string[]
  /** Rows for people alone, behind the others. */
  readonly more?: readonly (readonly string[])[]
  /** Whether long cells stay whole (`--no-trunc`); default: no line has more than 80 columns. */
  readonly whole?: boolean
}

/**
 * Prints a listing as `--format` wants it: `table`, `json` (one array), or a Go-style template, once for
 * each object. Throws CniError 103 for a format that cannot be.
 */
export function printListing<T>(
  { items, header, row, more = [], whole = false }: Listing<T>,
  format: string,
  io: Io,
): void {
  if (format === 'json') {
    io.print(JSON.stringify(items, null, 2))
  } else if (format === 'table' || format === '') {
    const options = { terminal: io.isTerminal(), ...(whole ? {} : { width: 80 }) }
    for (const line of table(header, [...items.map(row), ...more], options)) io.printStyled(line)
  } else {
    const render = readFormat(format)
    for (const item of items) io.print(render(item))
  }
}

/**
 * A function that renders one object by a template. A word without braces is a mistake, no
 * template.
 */
export function readFormat(format: string): (item: unknown) => string {
  return parseTemplate(format.includes('{{') ? format : `{{${format}}}`)
}
