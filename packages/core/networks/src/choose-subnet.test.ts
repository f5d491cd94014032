import { formatPrefix, overlaps, prefixAt } from '@vethra/address'
import { parsePrefix } from '@vethra/cni'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseSubnet, overlapWith, type UsedPrefix } from './index.ts'

const by = (...prefixes: readonly string[]): readonly UsedPrefix[] =>
  prefixes.map((prefix) => ({ prefix, by: `owner of ${prefix}` }))

describe('chooseSubnet', () => {
  it.each<[string, readonly string[], string]>([
    ['starts like nerdctl', [], '10.4.1.0/24'],
    ['goes on with the next', ['10.4.1.0/24', '10.4.2.0/24'], '10.4.3.0/24'],
    ['carries into the next /16', ['10.4.0.0/16'], '10.5.0.0/24'],
    ['sees an address of an interface', ['10.4.1.77/24'], '10.4.2.0/24'],
    ['sees what is smaller than a subnet', ['10.4.1.200/32'], '10.4.2.0/24'],
    [
      'sees what is larger, whichever order it comes in',
      ['10.4.2.0/24', '10.4.0.0/15'],
      '10.6.0.0/24',
    ],
    ['leaves 10.0.0.0/8 when a VPN covers it', ['10.0.0.0/8'], '172.16.0.0/24'],
    ['never leaves private space', ['10.0.0.0/8', '172.16.0.0/12'], '192.168.0.0/24'],
    [
      'takes the last of 10.0.0.0/8',
      [
        '10.0.0.0/9',
        '10.128.0.0/10',
        '10.192.0.0/11',
        '10.224.0.0/12',
        '10.240.0.0/13',
        '10.248.0.0/14',
        '10.252.0.0/15',
        '10.254.0.0/16',
        '10.255.0.0/17',
        '10.255.128.0/18',
        '10.255.192.0/19',
        '10.255.224.0/20',
        '10.255.240.0/21',
        '10.255.248.0/22',
        '10.255.252.0/23',
        '10.255.254.0/24',
      ],
      '10.255.255.0/24',
    ],
    ['takes no notice of a default route', ['0.0.0.0/0', '::/0'], '10.4.1.0/24'],
    [
      'takes no notice of what is not a prefix',
      ['default', '', '10.4.1.0', '10.4.1.0/240'],
      '10.4.1.0/24',
    ],
    ['takes no notice of the other family', ['fd00::/8', '::a04:100/120'], '10.4.1.0/24'],
  ])('%s', (_, used, expected) => {
    expect(chooseSubnet(by(...used), [])).toBe(expected)
  })

  it('takes pools in their order and their sizes', () => {
    const pools = [
      { base: '10.200.0.0/30', size: 30 },
      { base: '172.20.0.0/14', size: 20 },
    ]
    expect(chooseSubnet([], pools)).toBe('10.200.0.0/30')
    expect(chooseSubnet(by('10.200.0.2/32'), pools)).toBe('172.20.0.0/20')
    expect(chooseSubnet(by('10.200.0.2/32', '172.20.15.255/32'), pools)).toBe('172.20.16.0/20')
  })

  it('chooses IPv6 subnets out of IPv6 pools only', () => {
    const pools = [
      { base: '10.0.0.0/8', size: 24 },
      { base: 'fd00:1::/48', size: 64 },
    ]
    expect(chooseSubnet(by('fd00:1::/64'), pools, 6)).toBe('fd00:1:0:1::/64')
    expect(() => chooseSubnet([], [], 6)).toThrow('no address pool has room for IPv6')
    expect(chooseSubnet([], [{ base: 'fd00::/48', size: 64 }])).toBe('10.4.1.0/24')
  })

  it('names what takes the space, the largest first', () => {
    const used = [
      ...by('192.168.0.0/16', '172.16.0.0/12'),
      { prefix: '10.0.0.0/8', by: 'route via tun0' },
      ...by('10.5.0.0/16', '10.6.0.0/16', '10.1.0.0/16', '8.8.8.0/24'),
      ...by('10.9.0.0/24', '10.8.0.0/24'),
    ]
    expect(() => chooseSubnet(used, [])).toThrow(
      expect.objectContaining({
        code: 102,
        message: expect.stringMatching(
          /^could not find free subnet: taken by 10\.0\.0\.0\/8 of route via tun0, 172\.16\.0\.0\/12 of .*, 2 more$/,
        ),
        hint: expect.stringContaining('--subnet'),
      }),
    )
  })

  it('is quick whatever is used', () => {
    const used = by(
      ...Array.from({ length: 20_000 }, (_, index) => `10.${4 + (index >> 8)}.${index & 255}.0/24`),
    )
    expect(chooseSubnet(used, [])).toBe('10.82.32.0/24')
  })

  it('overlaps nothing used, lies in the pool, and is the first that does', () => {
    const used = fc.array(
      fc
        .tuple(fc.nat(0xffff), fc.integer({ min: 18, max: 32 }))
        .map(([value, length]) =>
          prefixAt({ family: 4, value: 0x0a000000n + BigInt(value) }, length),
        ),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(used, (prefixes) => {
        const free = Array.from({ length: 256 }, (_, index) => `10.0.${index}.0/24`).find(
          (text) => !prefixes.some((each) => overlaps(each, parsePrefix('subnet', text))),
        )
        const choose = () =>
          chooseSubnet(by(...prefixes.map(formatPrefix)), [{ base: '10.0.0.0/16', size: 24 }])
        if (free === undefined) expect(choose).toThrow('could not find free subnet')
        else expect(choose()).toBe(free)
      }),
    )
  })
})

it('overlapWith gives the other side', () => {
  const used = by('10.9.0.1/16', '10.4.0.0/24')
  expect(overlapWith(parsePrefix('subnet', '10.4.0.128/25'), used)).toBe(used[1])
  expect(overlapWith(parsePrefix('subnet', '10.5.0.0/24'), used)).toBeUndefined()
})
