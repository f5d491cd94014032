import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Address,
  addressBits,
  contains,
  firstAddress,
  formatAddress,
  formatPrefix,
  isIn,
  lastAddress,
  overlaps,
  type Prefix,
  prefixAt,
  readCidr,
} from './index.ts'

const prefix = (text: string): Prefix => readCidr(text)?.prefix ?? expect.unreachable(text)

const families = fc.constantFrom(4 as const, 6 as const)
const prefixes: fc.Arbitrary<Prefix> = families.chain((family) =>
  fc
    .tuple(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), fc.nat(addressBits(family)))
    .map(([value, length]) =>
      prefixAt({ family, value: family === 4 ? value & 0xffffffffn : value }, length),
    ),
)

// The definition, bit by bit, so that the shifts of the real one are checked against something else.
function sharesBits(a: Prefix, b: Address, length: number): boolean {
  const bits = (value: bigint) => value.toString(2).padStart(addressBits(a.family), '0')
  return bits(a.base).slice(0, length) === bits(b.value).slice(0, length)
}

describe('readCidr', () => {
  it.each([
    ['10.5.0.1/16', '10.5.0.1', '10.5.0.0/16'],
    ['0.0.0.0/0', '0.0.0.0', '0.0.0.0/0'],
    ['10.0.0.1/32', '10.0.0.1', '10.0.0.1/32'],
    ['fd00:1::7/64', 'fd00:1::7', 'fd00:1::/64'],
    ['::ffff:10.0.0.0/120', '::ffff:10.0.0.0', '::ffff:10.0.0.0/120'],
  ])('reads %s', (text, address, whole) => {
    const cidr = readCidr(text)
    expect(cidr && formatAddress(cidr.address)).toBe(address)
    expect(cidr && formatPrefix(cidr.prefix)).toBe(whole)
  })

  it.each([
    '',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/024',
    '10.0.0.0/+8',
    '10.0.0.0/8/8',
    '10.0.0.0/255.0.0.0',
    '::/129',
    'fe80::1%eth0/64',
    '10.0.0.0/8\n',
  ])('refuses %j', (text) => {
    expect(readCidr(text)).toBeUndefined()
  })
})

it('readCidr reads back what formatPrefix writes', () => {
  fc.assert(
    fc.property(prefixes, (each) => {
      expect(prefix(formatPrefix(each))).toEqual(each)
    }),
  )
})

describe('contains', () => {
  it('holds for exactly the addresses that share the first bits', () => {
    fc.assert(
      fc.property(prefixes, prefixes, (a, b) => {
        const address = firstAddress(b)
        const expected = a.family === b.family && sharesBits(a, address, a.length)
        expect(contains(a, address)).toBe(expected)
      }),
    )
  })

  it('holds from the first to the last address and no further', () => {
    fc.assert(
      fc.property(prefixes, (each) => {
        const last = lastAddress(each)
        expect(contains(each, firstAddress(each))).toBe(true)
        expect(contains(each, last)).toBe(true)
        expect(contains(each, { ...last, value: last.value + 1n })).toBe(false)
      }),
    )
  })

  it('never holds across families', () => {
    expect(contains(prefix('::/0'), { family: 4, value: 0x0a000001n })).toBe(false)
  })
})

describe('isIn', () => {
  it.each([
    ['10.4.0.0/24', '10.4.0.9', true],
    ['10.4.0.1/24', '10.4.1.9', false],
    ['fd00::/64', '10.4.0.9', false],
    ['10.4.0.9/32', '10.4.0.9', true],
    ['10.4.0.9/32', '10.4.0.99', false],
    ['10.4.0.999/32', '10.4.0.999', false],
    ['trusted', '10.4.0.9', false],
    ['10.4.0.0/24', 'web', false],
  ])('of %s and %s: %s', (subnet, address, expected) => {
    expect(isIn(subnet, address)).toBe(expected)
  })
})

describe('overlaps', () => {
  it.each([
    ['10.0.0.0/8', '10.4.0.0/24', true],
    ['10.4.0.0/24', '10.0.0.0/8', true],
    ['10.4.0.0/24', '10.4.1.0/24', false],
    ['0.0.0.0/0', '10.4.1.0/24', true],
    ['::/0', '10.4.1.0/24', false],
    ['fd00::/64', 'fd00::/48', true],
  ])('%s and %s: %s', (a, b, expected) => {
    expect(overlaps(prefix(a), prefix(b))).toBe(expected)
  })

  it('is the same as intervals that meet', () => {
    const small = fc
      .tuple(fc.nat(0xfff), fc.integer({ min: 20, max: 32 }))
      .map(([value, length]) => prefixAt({ family: 4, value: BigInt(value) }, length))
    fc.assert(
      fc.property(small, small, (a, b) => {
        const meet = a.base <= lastAddress(b).value && b.base <= lastAddress(a).value
        expect(overlaps(a, b)).toBe(meet)
      }),
    )
  })
})
