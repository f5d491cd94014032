import { formatAddress } from '@vethra/address'
import { parseAddress } from '@vethra/cni'
import { describe, expect, it } from 'vitest'
import { formatRangeSet, type RangeConf, type RangeSource, rangeOf, rangeSets } from './index.ts'

const written = (source: RangeSource): readonly string[] =>
  rangeSets(source).map((set) =>
    set.length === 1 && set[0]
      ? `${formatRangeSet(set)} via ${formatAddress(set[0].gateway)}`
      : formatRangeSet(set),
  )

function message(source: RangeSource): string | undefined {
  try {
    rangeSets(source)
    return undefined
  } catch (error) {
    expect(error).toMatchObject({ code: 7 })
    return (error as Error).message
  }
}

describe('rangeSets', () => {
  it.each<[string, RangeSource, readonly string[]]>([
    [
      'the legacy form is one set',
      {
        subnet: '10.1.2.0/24',
        rangeStart: '10.1.2.9',
        rangeEnd: '10.1.2.20',
        gateway: '10.1.2.30',
      },
      ['10.1.2.9-10.1.2.20 via 10.1.2.30'],
    ],
    [
      'defaults leave out the network and broadcast address',
      { ranges: [[{ subnet: '10.1.4.0/24' }]] },
      ['10.1.4.1-10.1.4.254 via 10.1.4.1'],
    ],
    [
      'a start on the broadcast address is a range of one',
      { ranges: [[{ subnet: '10.1.4.0/24', rangeStart: '10.1.4.255' }]] },
      ['10.1.4.255-10.1.4.255 via 10.1.4.1'],
    ],
    [
      'IPv6 has no broadcast address to leave out',
      { ranges: [[{ subnet: '2001:db8:1::/64' }]] },
      ['2001:db8:1::1-2001:db8:1:0:ffff:ffff:ffff:ffff via 2001:db8:1::1'],
    ],
    [
      'ipRanges come first, then the legacy form, then ranges',
      {
        subnet: '10.2.0.0/24',
        ranges: [[{ subnet: '10.3.0.0/24' }]],
        ipRanges: [[{ subnet: '10.1.0.0/24' }]],
      },
      [
        '10.1.0.1-10.1.0.254 via 10.1.0.1',
        '10.2.0.1-10.2.0.254 via 10.2.0.1',
        '10.3.0.1-10.3.0.254 via 10.3.0.1',
      ],
    ],
    [
      'the network and the broadcast address may be asked for',
      { ranges: [[{ subnet: '10.0.0.0/30', rangeStart: '10.0.0.0', rangeEnd: '10.0.0.3' }]] },
      ['10.0.0.0-10.0.0.3 via 10.0.0.1'],
    ],
    [
      'a gateway may lie outside its subnet',
      { ranges: [[{ subnet: '10.0.0.0/24', gateway: '192.168.0.1' }]] },
      ['10.0.0.1-10.0.0.254 via 192.168.0.1'],
    ],
    [
      'one subnet may serve two sets that share no address',
      {
        ranges: [
          [{ subnet: '10.0.0.0/24', rangeEnd: '10.0.0.127' }],
          [{ subnet: '10.0.0.0/24', rangeStart: '10.0.0.128' }],
        ],
      },
      ['10.0.0.1-10.0.0.127 via 10.0.0.1', '10.0.0.128-10.0.0.254 via 10.0.0.1'],
    ],
  ])('%s', (_, source, expected) => {
    expect(written(source)).toEqual(expected)
  })

  it('below 0.3.0 one set of each family is accepted', () => {
    const ranges = [[{ subnet: '10.0.0.0/24' }], [{ subnet: 'fd00::/64' }]]
    expect(message({ ranges, cniVersion: '0.2.0' })).toBeUndefined()
  })

  const one: readonly [RangeConf, string][] = [
    [{}, 'IP <nil> not v4 nor v6'],
    [{ subnet: 'foo' }, 'invalid CIDR address: foo'],
    [{ subnet: '192.0.2.0/31' }, 'Network 192.0.2.0/31 too small to allocate from'],
    [{ subnet: 'fd00::/127' }, 'Network fd00::/127 too small to allocate from'],
    [{ subnet: '::ffff:10.0.0.0/120' }, 'IPNet IP and Mask version mismatch'],
    [
      { subnet: '192.0.2.12/24' },
      'Network has host bits set. For a subnet mask of length 24 the network address is 192.0.2.0',
    ],
    [{ subnet: '192.0.2.0/24', gateway: 'foo' }, 'invalid IP address: foo'],
    [
      { subnet: '192.0.2.0/24', rangeStart: '192.0.3.0' },
      'RangeStart 192.0.3.0 not in network 192.0.2.0/24',
    ],
    [
      { subnet: '192.0.2.0/24', rangeEnd: '192.0.4.0' },
      'RangeEnd 192.0.4.0 not in network 192.0.2.0/24',
    ],
    [
      { subnet: '192.0.2.0/24', rangeStart: '192.0.2.50', rangeEnd: '192.0.2.40' },
      'RangeStart 192.0.2.50 not in network 192.0.2.0/24',
    ],
    [
      { subnet: '192.0.2.0/24', rangeStart: 'fd00::1' },
      'RangeStart fd00::1 not in network 192.0.2.0/24',
    ],
  ]
  it.each(one)('refuses %j', (conf, text) => {
    expect(message({ ranges: [[conf]] })).toBe(`invalid range set 0: ${text}`)
  })

  it.each<[string, RangeSource, string]>([
    ['no set', {}, 'no IP ranges specified'],
    [
      'an empty set',
      { ranges: [[{ subnet: '10.0.0.0/24' }], []] },
      'invalid range set 1: empty range set',
    ],
    [
      'both families in one set',
      { ranges: [[{ subnet: '10.0.0.0/24' }, { subnet: 'fd00::/64' }]] },
      'invalid range set 0: mixed address families',
    ],
    [
      'ranges of one set that overlap',
      { ranges: [[{ subnet: '10.1.0.0/22' }, { subnet: '10.1.2.0/24' }]] },
      'invalid range set 0: subnets 10.1.0.1-10.1.3.254 and 10.1.2.1-10.1.2.254 overlap',
    ],
    [
      'sets that overlap',
      {
        ranges: [
          [{ subnet: '10.1.2.0/24' }],
          [{ subnet: '10.9.0.0/24' }],
          [{ subnet: '10.1.0.0/16' }],
        ],
      },
      'range set 0 overlaps with 2',
    ],
    [
      'two sets of a family below 0.3.0',
      {
        cniVersion: '0.2.0',
        ranges: [[{ subnet: '10.1.2.0/24' }], [{ subnet: '10.1.3.0/24' }]],
      },
      'CNI version 0.2.0 does not support more than 1 address per family',
    ],
  ])('refuses %s', (_, source, text) => {
    expect(message(source)).toBe(text)
  })
})

it('rangeOf finds the range by start and end, not by subnet', () => {
  const [set = []] = rangeSets({
    ranges: [
      [
        { subnet: '10.0.0.0/24', rangeEnd: '10.0.0.9' },
        { subnet: '10.0.0.0/24', rangeStart: '10.0.0.20' },
      ],
    ],
  })
  const at = (text: string) => rangeOf(set, parseAddress('address', text))
  expect(at('10.0.0.25')).toBe(set[1])
  expect(at('10.0.0.9')).toBe(set[0])
  expect(at('10.0.0.15')).toBeUndefined()
  expect(at('fd00::1')).toBeUndefined()
})
