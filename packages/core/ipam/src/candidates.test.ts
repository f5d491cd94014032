import { addAddress, formatAddress } from '@vethra/address'
import { parseAddress } from '@vethra/cni'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { candidates, type RangeConf, type RangeSet, rangeSets } from './index.ts'

const set = (...confs: readonly RangeConf[]): RangeSet => rangeSets({ ranges: [confs] })[0] ?? []
const order = (ranges: RangeSet, last?: string): readonly string[] =>
  [...candidates(ranges, last === undefined ? undefined : parseAddress('last', last))].map((each) =>
    formatAddress(each),
  )

const eight = set({ subnet: '192.168.1.0/29' })
const three = set({ subnet: '10.0.0.0/30' }, { subnet: '10.0.1.0/30' }, { subnet: '10.0.2.0/30' })

describe('candidates', () => {
  it('starts at the first address of a fresh set and leaves the gateway out', () => {
    expect(order(eight)).toEqual(['.2', '.3', '.4', '.5', '.6'].map((end) => `192.168.1${end}`))
  })

  it('goes on after the last reserved address and tries that one last', () => {
    expect(order(eight, '192.168.1.3').map((each) => each.at(-1))).toEqual([
      '4',
      '5',
      '6',
      '2',
      '3',
    ])
  })

  it('goes on in the next range, and in the first after the last', () => {
    expect(order(three, '10.0.0.2')).toEqual(['10.0.1.2', '10.0.2.2', '10.0.0.2'])
    expect(order(three, '10.0.2.2')).toEqual(['10.0.0.2', '10.0.1.2', '10.0.2.2'])
  })

  it('starts afresh when the last reserved address is in no range', () => {
    expect(order(eight, '10.0.0.1')).toEqual(order(eight))
  })

  it('gives the network address of a range that begins with it', () => {
    const whole = set(
      { subnet: '10.0.0.0/30', rangeStart: '10.0.0.0', rangeEnd: '10.0.0.3' },
      { subnet: '10.0.1.0/30', rangeStart: '10.0.1.0', rangeEnd: '10.0.1.3' },
    )
    expect(order(whole, '10.0.0.3')[0]).toBe('10.0.1.0')
  })

  it('leaves out only the gateway of the range that is walked', () => {
    const pair = set(
      { subnet: '10.0.0.0/30', gateway: '10.0.1.1' },
      { subnet: '10.0.1.0/30', gateway: '10.0.1.2' },
    )
    expect(order(pair)).toEqual(['10.0.0.1', '10.0.0.2', '10.0.1.1'])
  })

  it('is empty when a range holds nothing but its gateway, or there is no range', () => {
    expect(order(set({ subnet: '10.0.0.0/24', rangeEnd: '10.0.0.1' }))).toEqual([])
    expect(order([])).toEqual([])
  })

  it('computes no more than is asked for', () => {
    const [first] = candidates(set({ subnet: 'fd00::/8' }))
    expect(first && formatAddress(first)).toBe('fd00::2')
  })

  it('offers every address but the gateway exactly once, wherever it starts', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(sizes, fc.nat(60), (counts, skip) => {
        const ranges = set(
          ...counts.map((count, index) => ({
            subnet: `10.0.${index}.0/24`,
            rangeStart: `10.0.${index}.1`,
            rangeEnd: `10.0.${index}.${count}`,
          })),
        )
        const last = addAddress(parseAddress('base', '10.0.0.0'), BigInt(skip))
        const offered = order(ranges, last && formatAddress(last))
        const expected = counts.flatMap((count, index) =>
          Array.from({ length: count - 1 }, (_, each) => `10.0.${index}.${each + 2}`),
        )
        expect([...offered].sort()).toEqual([...expected].sort())
      }),
    )
  })
})
