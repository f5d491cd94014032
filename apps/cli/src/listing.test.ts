import type { Io } from '@vethra/world'
import { describe, expect, it } from 'vitest'
import { printListing } from './listing.ts'
import type { ShapeOf } from './shape.ts'

interface Row {
  readonly ID: string
  readonly MacAddress?: string
  readonly Labels: Readonly<Record<string, string>>
  readonly Config: readonly { readonly Subnet: string; readonly Gateway?: string }[]
}

const shape: ShapeOf<Row> = {
  fields: {
    ID: 'value',
    MacAddress: 'value',
    Labels: { map: 'value' },
    Config: { list: { fields: { Subnet: 'value', Gateway: 'value' } } },
  },
}
const rows: readonly Row[] = [
  { ID: 'a', MacAddress: '02:00', Labels: { team: 'web' }, Config: [{ Subnet: '10.0.0.0/8' }] },
  { ID: 'long', Labels: {}, Config: [] },
]

function printed(format: string, columns?: number, items = rows): readonly string[] {
  const lines: string[] = []
  const print = (line: string) => void lines.push(...line.split('\n'))
  const io = {
    print,
    printStyled: print,
    isTerminal: () => false,
    columns: () => columns,
  } as unknown as Io
  const row = ({ ID, MacAddress = '' }: Row) => [ID, MacAddress]
  const listing = { items, shape, header: ['ROW ID', 'MAC'], row, titles: { ID: 'ROW ID' } }
  printListing(listing, format, io)
  return lines
}

describe('printListing', () => {
  it('prints a template once for each object, with nothing for what one lacks', () => {
    expect(printed('{{.ID}}={{.MacAddress}}')).toEqual(['a=02:00', 'long='])
    expect(printed('{{.Labels.team}}{{.Labels.other}}')).toEqual(['web', ''])
    expect(printed('{{range .Config}}{{.Subnet}}{{.Gateway}}{{end}}')).toEqual(['10.0.0.0/8', ''])
  })

  it('prints a table of a template, with titles', () => {
    expect(printed('table {{.ID}}\\t{{.MacAddress}}')).toEqual([
      'ROW ID  MAC ADDRESS',
      'a       02:00',
      'long',
    ])
    expect(printed('table {{.ID}} of {{json .Labels}}\t{{len .Config}}', undefined, [])).toEqual([
      'ROW ID of LABELS  CONFIG',
    ])
    expect(printed('table {{upper .ID}}\t{{(index .Config 0).Subnet}}')[0]).toBe('ROW ID  SUBNET')
    expect(printed('table  {{range .Config}}{{.Subnet}}{{end}}')[0]).toBe('SUBNET')
    expect(printed('table {{range $k, $v := .Labels}}{{$k}}={{$v}}{{end}}')[0]).toBe('LABELS')
  })

  it('a word without braces is refused as it was typed', () => {
    expect(() => printed('Nmae')).toThrow(
      expect.objectContaining({ message: 'cannot use the format "Nmae": it names no {{.Field}}' }),
    )
  })

  it.each([
    [{}, '\u001b[1mROW ID  MAC\u001b[0m'],
    [{ NO_COLOR: '' }, '\u001b[1mROW ID  MAC\u001b[0m'],
    [{ NO_COLOR: '1' }, 'ROW ID  MAC'],
    [{ TERM: 'dumb' }, 'ROW ID  MAC'],
  ])('on a terminal the header is bold, unless the environment %j forbids it', (env, header) => {
    const lines: string[] = []
    const printStyled = (line: string) => void lines.push(line)
    const io = { printStyled, env, isTerminal: () => true, columns: () => 80 } as unknown as Io
    const row = ({ ID, MacAddress = '' }: Row) => [ID, MacAddress]
    printListing({ items: rows, shape, header: ['ROW ID', 'MAC'], row }, 'table', io)
    expect(lines[0]).toBe(header)
  })

  it('cuts nothing in a pipe', () => {
    const [row] = rows
    const long = [{ ...(row as Row), ID: 'x'.repeat(300) }]
    expect(printed('table', undefined, long)[1]).toContain('x'.repeat(300))
    expect(printed('table', 40, long)[1]).toHaveLength(40)
  })

  it.each([
    ['{{.Nmae}}', '.ID, .MacAddress, .Labels, .Config'],
    ['{{.id}}', '.ID, .MacAddress'],
    ['{{json .Nope}}', '.ID'],
    ['{{if .Nope}}x{{end}}', '.ID'],
    ['{{if .ID}}{{.Nope}}{{end}}', '.ID'],
    ['{{range .Config}}{{.ID}}{{end}}', '.Subnet, .Gateway'],
    ['{{.Config.Subnet}}', '{{range .Config}}'],
    ['{{.ID.Deeper}}', '.ID has no fields'],
    ['{{.constructor}}', '.ID'],
    ['table {{.Nmae}}', '.ID'],
    ['Nmae', '.ID'],
    ['{{.Nope | json | len}}', '.ID'],
    ['{{range $i, $c := .Config}}{{$c.ID}}{{end}}', '.Subnet, .Gateway'],
    ['{{range .Config}}{{$.Nope}}{{end}}', '.ID'],
    ['{{(index .Config 0).ID}}', '.Subnet, .Gateway'],
    ['{{with .Labels}}{{.team.x}}{{end}}', '.team has no fields'],
    ['{{if .ID}}{{$x}}{{end}}', 'range $x'],
  ])('%s is refused, with the fields that there are, also of an empty list', (format, fields) => {
    for (const items of [rows, []]) {
      expect(() => printed(format, undefined, items)).toThrow(
        expect.objectContaining({ code: 103, hint: expect.stringContaining(fields) }),
      )
    }
  })
})
