import { describe, expect, it } from 'vitest'
import { container, thrown } from '../test/sample-names.ts'
import { checkDomain, checkHostname, checkNames, renderHostname } from './index.ts'

const long = [63, 63, 63, 61].map((length) => 'a'.repeat(length)).join('.')

describe('checkHostname and checkDomain', () => {
  it.each(['web', 'WEB-1', '0a', 'a_b', '_x', 'bar.example.com', 'a'.repeat(63), long])(
    'take %j',
    (text) => {
      expect(thrown(() => checkHostname(text))).toBeUndefined()
      expect(thrown(() => checkDomain(text))).toBeUndefined()
    },
  )

  it.each([
    '',
    'a\n127.0.0.1 evil',
    'a\r',
    'a b',
    'a\tb',
    'a#b',
    'a:b',
    'a/b',
    '-a',
    'a-',
    '.a',
    'a.',
    'a..b',
    'bücher',
    'a\u00a0b',
    'a\u2028b',
    'a'.repeat(64),
    `${long}a`,
    'a'.repeat(300),
  ])('refuse %j by name', (text) => {
    const named = JSON.stringify(text.slice(0, 64))
    expect(thrown(() => checkHostname(text))).toMatchObject({
      code: 103,
      message: `invalid hostname ${named}`,
    })
    expect(thrown(() => checkDomain(text))).toMatchObject({
      code: 103,
      message: `invalid domain name ${named}`,
    })
  })
})

describe('renderHostname', () => {
  it.each(['web', 'a'.repeat(64), 'cut-off-id-.'])('writes %j and a newline', (text) => {
    expect(renderHostname(text)).toBe(`${text}\n`)
  })

  it.each(['', 'a'.repeat(65), 'a\nb', 'a b'])(
    'refuses %j, which the kernel or the file could not hold',
    (text) => {
      expect(thrown(() => renderHostname(text))).toMatchObject({ code: 103 })
    },
  )
})

describe('checkNames', () => {
  it.each([
    container('a', { name: '', hostname: '', domainname: '', networks: null }),
    container('web-frontend.-1', { hostname: 'web-frontend' }),
    container('abcdefghijk-0123', { hostname: 'abcdefghijk-' }),
    container('a', {
      name: 'web-',
      extraHosts: [
        ['db', '10.0.0.1'],
        ['db', 'fd00::1'],
      ],
    }),
    container('a', { aliases: { lan: ['db', 'db.internal'] } }),
  ])('takes %j', (names) => {
    expect(thrown(() => checkNames(names))).toBeUndefined()
  })

  it.each([
    [{ id: '../../etc' }, 107, '../../etc'],
    [{ name: 'a\n127.0.0.1 evil' }, 103, 'evil'],
    [{ hostname: 'a\n127.0.0.1 evil' }, 103, 'evil'],
    [{ hostname: 'h'.repeat(300) }, 103, 'hhhh'],
    [{ domainname: 'x y' }, 103, 'x y'],
    [{ extraHosts: [['a b', '10.0.0.1']] }, 103, 'a b'],
    [{ extraHosts: [['a', '10.0.0.1\n127.0.0.1 evil']] }, 103, 'evil'],
    [{ extraHosts: [['a', 'host-gateway']] }, 103, 'host-gateway'],
    [{ aliases: { lan: ['ok', 'no\tpe'] } }, 103, 'no\\tpe'],
    [container('a', {}, { 'la n': ['10.0.0.1/24'] }), 103, 'la n'],
    [container('a', {}, { lan: ['10.0.0.1 evil/24'] }), 103, 'evil'],
    [container('a', {}, { lan: ['10.0.0/24'] }), 103, '10.0.0/24'],
  ] as const)('refuses %j with code %i', (changes, code, named) => {
    const error = thrown(() => checkNames({ ...container('a'), ...changes }))
    expect(error).toMatchObject({ code, message: expect.stringContaining(named) })
  })
})
