import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Address,
  addAddress,
  compareAddresses,
  formatAddress,
  isCanonical,
  isLocal,
  readAddress,
  readLiteral,
  readProcAddress,
} from './index.ts'

const at = (text: string): Address => readAddress(text) ?? expect.unreachable(text)

const addresses: fc.Arbitrary<Address> = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 32n - 1n }).map((value) => ({ family: 4 as const, value })),
  fc
    .bigInt({ min: 2n ** 48n, max: 2n ** 128n - 1n })
    .map((value) => ({ family: 6 as const, value })),
)

describe('readAddress', () => {
  it.each([
    ['0.0.0.0', 4, 0n],
    ['10.4.0.2', 4, 0x0a040002n],
    ['255.255.255.255', 4, 0xffffffffn],
    ['::', 6, 0n],
    ['::1', 6, 1n],
    ['2001:DB8:0:0:1:0:0:7', 6, 0x20010db8000000000001000000000007n],
    ['::1.2.3.4', 6, 0x01020304n],
    ['64:ff9b::10.0.0.1', 6, 0x0064ff9b00000000000000000a000001n],
    ['::ffff:10.0.0.1', 4, 0x0a000001n],
    ['::ffff:a00:1', 4, 0x0a000001n],
  ])('reads %s', (text, family, value) => {
    expect(readAddress(text)).toEqual({ family, value })
  })

  it.each([
    '',
    '10.4.0',
    '010.4.0.2',
    '10.04.0.2',
    '10.4.0.256',
    '10.4.0.2 ',
    ' 10.4.0.2',
    '10.4.0.2/24',
    '0x0a.4.0.2',
    '167772161',
    '10.4.0.2\n',
    '10.4.0.0x2',
    '10.4.0.+2',
    '10.4.0.٢',
    '10.4.0.2.1',
    '10.4.0.',
    '[::1]',
    ':::',
    '1::2::3',
    '12345::',
    'fe80::1%eth0',
    '::01.2.3.4',
    '::1.2.3.256',
    '1.2.3.4::',
    '::g',
    '1:2:3:4:5:6:7',
    '1'.repeat(10_000),
  ])('refuses %j', (text) => {
    expect(readAddress(text)).toBeUndefined()
  })
})

it('readLiteral leaves an IPv4-mapped address in its family', () => {
  expect(readLiteral('::ffff:10.0.0.1')).toEqual({ family: 6, value: 0xffff0a000001n })
})

it.each([
  ['127.0.0.53', true],
  ['0.0.0.0', true],
  ['::', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['10.0.0.127', false],
  ['::2', false],
])('%s is local: %s', (text, expected) => {
  expect(isLocal(at(text))).toBe(expected)
})

describe('formatAddress', () => {
  it.each([
    ['2001:DB8:0:0:1:0:0:7', '2001:db8::1:0:0:7'],
    ['0:0:1:0:0:1:1:1', '::1:0:0:1:1:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['::102:304', '::102:304'],
  ])('writes %s as %s', (text, canonical) => {
    expect(formatAddress(at(text))).toBe(canonical)
  })

  it('writes an IPv4-mapped address with dotted octets', () => {
    expect(formatAddress({ family: 6, value: 0xffff0a000001n })).toBe('::ffff:10.0.0.1')
  })

  it('writes what readAddress reads back', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        expect(readAddress(formatAddress(address))).toEqual(address)
      }),
    )
  })
})

it.each([
  ['10.4.0.2', true],
  ['2001:db8::1', true],
  ['2001:DB8::1', false],
  ['010.4.0.2', false],
  ['10.4.0.256', false],
  ['::ffff:10.0.0.1', false],
  ['lock', false],
])('isCanonical of %s is %s', (text, expected) => {
  expect(isCanonical(text)).toBe(expected)
})

describe('addAddress', () => {
  it('undoes itself, and says when it leaves the family', () => {
    fc.assert(
      fc.property(addresses, fc.bigInt({ min: 0n, max: 2n ** 40n }), (address, step) => {
        const moved = addAddress(address, step)
        const limit = address.family === 4 ? 2n ** 32n : 2n ** 128n
        expect(moved === undefined).toBe(address.value + step >= limit)
        if (moved) expect(addAddress(moved, -step)).toEqual(address)
      }),
    )
  })

  it('does not go below zero', () => {
    expect(addAddress({ family: 4, value: 0n }, -1n)).toBeUndefined()
  })
})

it('addresses sort by family, then as numbers', () => {
  const texts = ['fd00::10', '10.0.0.10', '::1', '10.0.0.9', '192.168.0.1']
  const sorted = texts.map(at).sort(compareAddresses)
  expect(sorted.map(formatAddress)).toEqual([
    '10.0.0.9',
    '10.0.0.10',
    '192.168.0.1',
    '::1',
    'fd00::10',
  ])
})

it.each([
  ['0100007F', 'LE', '127.0.0.1'],
  ['7F000001', 'BE', '127.0.0.1'],
  ['000080FE00000000FF57A6705DC771FE', 'LE', 'fe80::70a6:57ff:fe71:c75d'],
  ['00000000000000000000000000000000', 'LE', '::'],
  ['0000000000000000FFFF00000100007F', 'LE', '::ffff:127.0.0.1'],
] as const)('%s of a %s machine in /proc is %s', (digits, order, address) => {
  expect(formatAddress(readProcAddress(digits, order))).toBe(address)
})
