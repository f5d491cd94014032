import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type DnsSource, parseResolvConf, renderResolvConf, values } from './index.ts'

const sourced = (source: DnsSource, ...list: string[]) => list.map((value) => ({ value, source }))
const empty = { nameservers: [], search: [], options: [], sortlist: [] }

describe('renderResolvConf', () => {
  it('writes no search line for "." alone', () => {
    const conf = {
      ...empty,
      nameservers: sourced('cli', 'ns1', 'ns2', 'ns3'),
      search: sourced('cli', '.'),
      options: sourced('cli', 'opt1'),
    }
    expect(renderResolvConf(conf)).toBe(
      'nameserver ns1\nnameserver ns2\nnameserver ns3\noptions opt1\n',
    )
  })

  it('says on demand where each line came from', () => {
    const conf = {
      ...empty,
      nameservers: [...sourced('rootless', '10.0.2.3'), ...sourced('host', '9.9.9.9')],
      search: sourced('settings', 'a', 'b'),
      options: sourced('cli', 'ndots:2'),
    }
    expect(renderResolvConf(conf, { provenance: true })).toMatchInlineSnapshot(`
      "# from settings
      search a b
      # from rootless
      nameserver 10.0.2.3
      # from host
      nameserver 9.9.9.9
      # from cli
      options ndots:2
      "
    `)
  })

  it('of nothing there is nothing to say', () => {
    expect(renderResolvConf(empty, { provenance: true })).toBe('')
  })

  const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/)
  const conf = fc.record({
    nameservers: fc.array(fc.oneof(fc.ipV4(), fc.ipV6())).map((list) => sourced('host', ...list)),
    search: fc.array(word).map((list) => sourced('host', ...list)),
    options: fc.array(word).map((list) => sourced('host', ...list)),
    sortlist: fc.array(fc.ipV4()).map((list) => sourced('host', ...list)),
  })

  it('what was rendered reads back the same, comments or not', () => {
    fc.assert(
      fc.property(conf, fc.boolean(), (before, provenance) => {
        expect(parseResolvConf(renderResolvConf(before, { provenance }))).toEqual(before)
      }),
    )
  })

  it('any text that was read renders to one that reads the same', () => {
    const line = fc.tuple(
      fc.constantFrom(
        'nameserver',
        'search',
        'domain',
        'options',
        'sortlist',
        '#',
        ' nameserver',
        '',
      ),
      fc.array(fc.oneof(fc.ipV4(), fc.ipV6(), word, fc.string()), { maxLength: 4 }),
    )
    fc.assert(
      fc.property(fc.array(line), (rows) => {
        const read = parseResolvConf(
          rows.map(([key, list]) => `${key} ${list.join(' ')}`).join('\n'),
        )
        const again = parseResolvConf(renderResolvConf(read))
        const lone = values(read.search).join(' ') === '.'
        expect(again).toEqual(lone ? { ...read, search: [] } : read)
      }),
    )
  })
})
