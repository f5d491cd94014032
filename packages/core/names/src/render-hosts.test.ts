import { describe, expect, it } from 'vitest'
import { container, rowsOf } from '../test/sample-names.ts'
import { renderHosts } from './index.ts'

const n1 = (address: string) => ({ n1: [address] })
const linesOf = (
  ...[names, peers]: [Parameters<typeof renderHosts>[1], Parameters<typeof renderHosts>[2]]
) => rowsOf(renderHosts('', names, peers)).slice(3, -1)

describe('the managed lines', () => {
  it('are localhost, own names, extra hosts as given, then peers by address', () => {
    const own = container(
      'own',
      {
        name: 'web',
        domainname: 'example.com',
        extraHosts: [
          ['zz', '1.2.3.4'],
          ['aa', 'fd00::9'],
          ['zz', 'fd00::8'],
        ],
      },
      { lan: ['10.4.0.20/24', 'fd00:1234::abcd:1/64'] },
    )
    const peers = [
      container('p3', { name: 'db' }, { lan: ['fd00::2/64', '10.4.0.3/24'] }),
      container('p2', { hostname: '', name: 'cache' }, { lan: ['10.4.0.100/24'] }),
      container(
        'p1',
        { aliases: { lan: ['primary'] } },
        { lan: ['10.4.0.9/24'], other: ['10.5.0.9/24'] },
      ),
    ]
    expect(renderHosts('', own, peers)).toMatchInlineSnapshot(`
      "# <nerdctl>
      127.0.0.1	localhost localhost.localdomain
      ::1		localhost localhost.localdomain
      10.4.0.20       h-own.example.com h-own h-own.lan web web.lan
      fd00:1234::abcd:1 h-own.example.com h-own h-own.lan web web.lan
      1.2.3.4         zz
      fd00::9         aa
      fd00::8         zz
      10.4.0.3        h-p3 h-p3.lan db db.lan
      10.4.0.9        h-p1 h-p1.lan primary primary.lan
      10.4.0.100      cache cache.lan
      fd00::2         h-p3 h-p3.lan db db.lan
      # </nerdctl>
      "
    `)
  })

  it.each([
    ['n1', { hostname: 'bar', name: 'foo' }, '10.4.2.2        bar bar.n1 foo foo.n1'],
    ['n1', { hostname: 'bar' }, '10.4.2.2        bar bar.n1'],
    ['bridge', { hostname: 'bar', name: 'foo' }, '10.4.2.2        bar foo'],
    [
      'bridge',
      { hostname: 'bar.example.com', domainname: 'example.com' },
      '10.4.2.2        bar.example.com.example.com bar.example.com',
    ],
    ['n1', { hostname: 'same', name: 'same' }, '10.4.2.2        same same.n1'],
  ])('in network %s, %j is called %j', (ref, changes, line) => {
    const peer = container('p', changes, { [ref]: ['10.4.2.2/24'] })
    expect(linesOf(container('o', {}, { [ref]: [] }), [peer])).toEqual([line])
  })

  it('leave out peers of other networks, and all where there is no network', () => {
    const peer = container('p', {}, n1('10.4.2.2/24'))
    expect(linesOf(container('o', {}, { n2: ['10.5.0.2/24'] }), [peer])).toEqual([
      '10.5.0.2        h-o h-o.n2',
    ])
    expect(linesOf(container('o', { networks: null, extraHosts: [['x', '::2']] }), [peer])).toEqual(
      ['::2             x'],
    )
  })

  it('leave out loopback and unspecified addresses, and write mapped ones as IPv4', () => {
    const own = container(
      'o',
      {},
      { n1: ['127.0.0.1/8', '::1/128', '0.0.0.0/0', '::ffff:10.0.0.1/120', '10.0.0.9/24'] },
    )
    expect(linesOf(own, []).map((line) => line.split(' ')[0])).toEqual(['10.0.0.1', '10.0.0.9'])
  })

  it('do not depend on the order of the peers', () => {
    const own = container('o', {}, n1('10.0.0.1/24'))
    const peers = [5, 3, 4, 2].map((n) => container(`p${n}`, {}, n1(`10.0.0.${n}/24`)))
    expect(renderHosts('', own, peers)).toBe(renderHosts('', own, peers.toReversed()))
  })

  it('count the container once, also where the peers hold it', () => {
    const own = container('o', {}, n1('10.0.0.1/24'))
    expect(renderHosts('', own, [own])).toBe(renderHosts('', own, []))
  })
})

describe('names that more than one has', () => {
  it("a container's own name, whatever its case, never stands with another's address", () => {
    const own = container('o', { name: 'web', aliases: { n1: ['db'] } }, n1('10.0.0.9/24'))
    const peers = [
      container('p', { hostname: 'WEB', name: 'other' }, n1('10.0.0.2/24')),
      container('q', { hostname: 'h-o', name: '' }, n1('10.0.0.3/24')),
      container('r', { hostname: 'r', aliases: { n1: ['Db'] } }, n1('10.0.0.4/24')),
    ]
    expect(linesOf(own, peers)).toEqual([
      '10.0.0.9        h-o h-o.n1 web web.n1 db db.n1',
      '10.0.0.2        other other.n1',
      '10.0.0.4        r r.n1',
    ])
  })

  it('an extra host is what the operator said, whoever else has the name', () => {
    const own = container('o', { extraHosts: [['db', '192.0.2.1']] }, n1('10.0.0.9/24'))
    const peer = container('p', { hostname: 'db' }, n1('10.0.0.2/24'))
    expect(linesOf(own, [peer]).slice(1)).toEqual(['192.0.2.1       db', '10.0.0.2        db.n1'])
  })

  it('peers that share a name all have it', () => {
    const own = container('o', {}, n1('10.0.0.9/24'))
    const peers = ['2', '3'].map((n) => container(n, { hostname: 'db' }, n1(`10.0.0.${n}/24`)))
    expect(linesOf(own, peers).slice(1)).toEqual([
      '10.0.0.2        db db.n1',
      '10.0.0.3        db db.n1',
    ])
  })

  it('nobody is localhost but 127.0.0.1', () => {
    const own = container('o', { hostname: 'localhost' }, n1('10.0.0.9/24'))
    const peer = container(
      'p',
      { hostname: 'LocalHost', name: 'localhost.localdomain' },
      n1('10.0.0.2/24'),
    )
    expect(linesOf(own, [peer])).toEqual([
      '10.0.0.9        localhost.n1',
      '10.0.0.2        localhost.localdomain.n1',
    ])
  })
})

describe('an address that two claim', () => {
  const own = container('o', {}, n1('10.0.0.9/24'))
  const dead = container('dead', {}, n1('10.0.0.2/24'))
  const alive = container('young', { precedence: 1 }, n1('10.0.0.2/24'))

  it('is of the one with the higher precedence', () => {
    expect(linesOf(own, [dead, alive])[1]).toBe('10.0.0.2        h-young h-young.n1')
    expect(linesOf(own, [alive, dead])[1]).toBe('10.0.0.2        h-young h-young.n1')
  })

  it('is in its own file always its own', () => {
    expect(linesOf(dead, [alive])).toEqual(['10.0.0.2        h-dead h-dead.n1'])
  })
})

describe('a network by name, id and short id', () => {
  const id = '0a7f5fb1d8bb3ec6ad1bc0a7a4d21b6e5e2c1b0ef6b0b8d9e0a1c2d3e4f5a6b7'
  const bridge = '17f29b073143d8cd97b5bbe492bdeffec1c5fee55cc1fe2112c8b9335f8b6121'
  const foo = '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae'

  it.each([
    ['foo', foo, 'h-p h-p.foo'],
    [foo, 'foo', 'h-p h-p.foo'],
    [foo.slice(0, 12), 'foo', 'h-p h-p.foo'],
    [bridge, bridge.slice(0, 12), 'h-p'],
    ['bridge', bridge.slice(0, 12), 'h-p'],
    [id, id.slice(0, 12), `h-p h-p.${id.slice(0, 12)}`],
  ])('%s and %s are one, and the name is used where it is known', (own, peer, names) => {
    const peers = [container('p', {}, { [peer]: ['10.0.0.2/24'] })]
    expect(linesOf(container('o', {}, { [own]: [] }), peers)).toEqual([`10.0.0.2        ${names}`])
  })
})

describe('what users wrote', () => {
  const own = container('o', { networks: null })
  const block = renderHosts('', own, [])

  it.each([
    [
      'a comment, a note, odd blanks',
      '# mine\n\n 1.2.3.4\tfoo # note\n127.0.0.1 alias\n;x\nsingle\n',
    ],
    ['bytes that are no UTF-8', '1.2.3.4 f\u00ff\u0080\n'],
    ['CRLF', '1.2.3.4 foo\r\n'],
    ['markers in the text of a comment', '# see <nerdctl> and </nerdctl>\n'],
    ['a last marker without a first', '# </nerdctl>\n1.2.3.4 foo\n'],
  ])('stays to the byte: %s', (_, text) => {
    expect(renderHosts(text, own, [])).toBe(text + block)
    expect(renderHosts(`${text}${block}${text}`, own, [])).toBe(`${text}${block}${text}`)
  })

  it('gets the newline that its last line lacks', () => {
    expect(renderHosts('1.2.3.4 foo', own, [])).toBe(`1.2.3.4 foo\n${block}`)
  })

  it.each([
    [
      'indented markers',
      '\n\t\t# <nerdctl>\n\t\t127.0.0.1 localhost\n\t\t# </nerdctl>\n\t\t',
      `\n${block}\t\t`,
    ],
    ['markers with other blanks', '#<nerdctl>\r\n1.1.1.1 old\n #  </nerdctl> \n', block],
    [
      'a part without a last marker',
      '1.2.3.4 foo\n# <nerdctl>\n1.1.1.1 old\n',
      `1.2.3.4 foo\n${block}`,
    ],
    ['a second managed part', `a b\n${block}c d\n${block}e f\n`, `a b\n${block}c d\ne f\n`],
    ['a marker as the whole file', '# <nerdctl>', block],
    [
      'a part of an older version',
      '# <nerdctl>\n127.0.0.1       localhost\n:1 localhost\n# </nerdctl>\n',
      block,
    ],
  ])('goes where it is ours: %s', (_, text, expected) => {
    expect(renderHosts(text, own, [])).toBe(expected)
  })
})

it('no name of a hostile meta.json makes a line', () => {
  const own = container('o', {}, n1('10.0.0.9/24'))
  const peer = container(
    'p',
    { hostname: 'a\n127.0.0.1 evil', name: 'b c', domainname: '\r', aliases: { n1: ['#', 'x\0'] } },
    { n1: ['10.0.0.2\n6.6.6.6/24', '10.0.0.3/24'], 'n\n1': ['10.0.0.4/24'] },
  )
  expect(linesOf(own, [peer])).toEqual(linesOf(own, []))
})
