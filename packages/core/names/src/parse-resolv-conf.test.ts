import { describe, expect, it } from 'vitest'
import { nameserverKind, parseResolvConf, usesStub, values } from './index.ts'

describe('parseResolvConf', () => {
  it('reads every keyword, with the host as the source of each value', () => {
    const text = [
      '# made by hand',
      'nameserver 10.0.0.1',
      'nameserver fe80::1%eth0',
      'search a.example b.example',
      'options ndots:2 edns0',
      'sortlist 130.155.160.0/255.255.240.0 130.155.0.0',
    ].join('\n')
    expect(parseResolvConf(text)).toEqual({
      nameservers: [
        { value: '10.0.0.1', source: 'host' },
        { value: 'fe80::1%eth0', source: 'host' },
      ],
      search: [
        { value: 'a.example', source: 'host' },
        { value: 'b.example', source: 'host' },
      ],
      options: [
        { value: 'ndots:2', source: 'host' },
        { value: 'edns0', source: 'host' },
      ],
      sortlist: [
        { value: '130.155.160.0/255.255.240.0', source: 'host' },
        { value: '130.155.0.0', source: 'host' },
      ],
    })
  })

  it.each([
    ['CRLF', 'nameserver 10.0.0.1\r\nnameserver 10.0.0.2\r\n', ['10.0.0.1', '10.0.0.2']],
    ['a line that is indented', ' \tnameserver\t127.0.0.53', ['127.0.0.53']],
    ['blanks after the value', 'nameserver ::1  \t', ['::1']],
    [
      'a comment after the value',
      'nameserver 9.9.9.9 # quad\nnameserver 1.1.1.1;x',
      ['9.9.9.9', '1.1.1.1'],
    ],
    ['comments of both kinds', '#nameserver 1.1.1.1\n ; nameserver 1.1.1.1\n', []],
    ['a numeric zone', 'nameserver FE80::BB1%1', ['FE80::BB1%1']],
    ['no newline at the end', 'nameserver 1.1.1.1', ['1.1.1.1']],
    ['a keyword without a value', 'nameserver\nnameserver  \n', []],
    ['a keyword glued to its value', 'nameserver1.1.1.1', []],
    ['a keyword in capitals', 'NAMESERVER 1.1.1.1', []],
    ['names and short forms', 'nameserver dns.example\nnameserver 127.1\nnameserver 1.2.3', []],
    ['a zone on IPv4', 'nameserver 1.1.1.1%eth0', []],
    ['a zone no interface could have', 'nameserver fe80::1%a/../../b', []],
    ['words after the address', 'nameserver 1.1.1.1 2.2.2.2', ['1.1.1.1']],
    ['nothing', '', []],
  ])('copes with %s', (_, text, expected) => {
    expect(values(parseResolvConf(text).nameservers)).toEqual(expected)
  })

  it.each([
    ['search a b\nsearch c\n', ['c']],
    ['search a b\ndomain c d\n', ['c']],
    ['domain c\nsearch a b\n', ['a', 'b']],
    ['search a b\nsearch\n', []],
    ['search a ok/../ no"pe b', ['a', 'b']],
    ['search _tcp.example. xn--bcher-kva.example', ['_tcp.example.', 'xn--bcher-kva.example']],
    [`search ${'a'.repeat(64)} b`, ['b']],
  ])('the search list of %j is %j', (text, expected) => {
    expect(values(parseResolvConf(text).search)).toEqual(expected)
  })

  it('takes the options of the last line only, as nerdctl does', () => {
    const { options } = parseResolvConf('options ndots:1\noptions timeout:3 rotate\n')
    expect(values(options)).toEqual(['timeout:3', 'rotate'])
  })
})

it.each([
  ['nameserver 127.0.0.53\noptions edns0\n', true],
  [' nameserver 127.0.0.53 # stub', true],
  ['nameserver 127.0.0.53\nnameserver 1.1.1.1\n', false],
  ['nameserver 127.0.0.1\n', false],
  ['', false],
])('%j means the stub: %j', (text, expected) => {
  expect(usesStub(text)).toBe(expected)
})

it.each([
  ['127.1.2.3', { family: 4, local: true, zoned: false }],
  ['0.0.0.0', { family: 4, local: true, zoned: false }],
  ['::', { family: 6, local: true, zoned: false }],
  ['::1', { family: 6, local: true, zoned: false }],
  ['::ffff:127.0.0.1', { family: 6, local: true, zoned: false }],
  ['::ffff:9.9.9.9', { family: 6, local: false, zoned: false }],
  ['fe80::1%enp5s0', { family: 6, local: false, zoned: true }],
  ['[::1]', undefined],
  ['01.2.3.4', undefined],
  ['1.1.1.1\n', undefined],
  ['::1\n', undefined],
  ['fe80::1%', undefined],
  ['', undefined],
])('the kind of %j is %j', (text, expected) => {
  expect(nameserverKind(text)).toEqual(expected)
})
