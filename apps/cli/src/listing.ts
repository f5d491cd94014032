import type { Io } from '@vethra/world'
import type { ShapeOf } from './shape.ts'
import { table } from './table.ts'
import { parseTemplate, render, unusableFormat } from './template.ts'
import { checkFields, titlesOf } from './template-fields.ts'

/** The flags of a listing. */
export interface ListFlags {
  readonly quiet: boolean
  readonly trunc: boolean
  readonly filter: readonly string[]
  readonly format: string
}

/** The flags of a listing where none is given. */
export const noFlags: ListFlags = { quiet: false, trunc: true, filter: [], format: 'table' }

/** A listing: the objects that programs get, and how people see them. */
export interface Listing<T> {
  readonly items: readonly T[]
  /** The fields of an object that a template may name. */
  readonly shape: ShapeOf<T>
  readonly header: readonly string[]
  /** The cells of one row, as many as the header has. */
  readonly row: (item: T) => readonly string[]
  /** The titles of fields in `table {{…}}`; default: their names. */
  readonly titles?: Readonly<Record<string, string>>
  /** Rows for people alone, behind the others. */
  readonly more?: readonly (readonly string[])[]
  /** Whether long cells stay whole on a terminal, too (`--no-trunc`). */
  readonly whole?: boolean
}

/** Prints a listing as `--format` wants it: `table`, `json`, a Go-style template, or `table` and one with tabs. Throws CniError 103. */
export function printListing<T>(listing: Listing<T>, format: string, io: Io): void {
  const { items, header, row, more = [], whole = false } = listing
  const printTable = (titles: readonly string[], cells: readonly (readonly string[])[]) => {
    for (const line of table(titles, cells, tableOptions(io, { whole }))) io.printStyled(line)
  }
  const ofTable = /^table\s+(?=.*\{\{)/s.exec(format)?.[0]
  if (format === 'json') io.print(JSON.stringify(items, null, 2))
  else if (format === 'table' || format === '') {
    printTable(header, [...items.map(row), ...more])
  } else if (ofTable === undefined) {
    const text = readFormat<T>(format, listing.shape)
    for (const item of items) io.print(text(item))
  } else {
    const pieces = parseTemplate(format.slice(ofTable.length))
    checkFields(pieces, listing.shape)
    const cells = items.map((item) => render(pieces, item).split('\t'))
    printTable(titlesOf(pieces, listing.titles), cells)
  }
}

/** A function that renders one object by a template. Throws CniError 103 for a word without braces or a field that the object lacks. */
export function readFormat<T>(format: string, shape: ShapeOf<T>): (item: T) => string {
  if (!format.includes('{{')) throw unusableFormat(format, 'it names no {{.Field}}')
  const pieces = parseTemplate(format)
  checkFields(pieces, shape)
  return (item) => render(pieces, item)
}

/** How tables are printed here: as wide as the terminal, and never cut where there is none. */
export function tableOptions(
  io: Io,
  { whole = false }: Pick<Listing<unknown>, 'whole'> = {},
): { terminal: boolean; width?: number } {
  const width = whole ? undefined : io.columns()
  return { terminal: isStyled(io), ...(width === undefined ? {} : { width }) }
}

/** Whether output may be bold: on a terminal that knows it, unless NO_COLOR forbids it. */
export function isStyled({ env, isTerminal }: Pick<Io, 'env' | 'isTerminal'>): boolean {
  return isTerminal() && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
}
