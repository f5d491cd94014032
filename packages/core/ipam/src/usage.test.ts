import { describe, expect, it } from 'vitest'
import {
  formatUsage,
  type RangeSource,
  type Reservation,
  rangeSets,
  sizeOf,
  usageOf,
} from './index.ts'

const setOf = (source: RangeSource) => rangeSets(source)[0] ?? []
const held = (address: string, containerId: string): Reservation => ({
  address,
  containerId,
  sinceMs: 0,
})

describe('sizeOf', () => {
  it.each([
    [{ subnet: '10.4.0.0/24' }, 253n],
    [{ subnet: '10.4.0.0/24', gateway: '10.9.0.1' }, 254n],
    [{ subnet: '10.4.0.0/30', rangeStart: '10.4.0.0', rangeEnd: '10.4.0.3' }, 3n],
    [{ subnet: 'fd00::/64' }, 2n ** 64n - 2n],
    [{ ranges: [[{ subnet: '10.4.0.0/30' }, { subnet: '10.4.1.0/30', gateway: '10.4.0.2' }]] }, 3n],
  ])('of %j is %d', (source, size) => {
    expect(sizeOf(setOf(source))).toBe(size)
  })
})

describe('usageOf', () => {
  const set = setOf({ subnet: '10.4.0.0/29' })
  const reservations = [
    held('10.4.0.2', 'a'),
    held('10.4.0.3', 'a'),
    held('10.4.0.4', ''),
    held('10.4.0.1', 'the gateway'),
    held('10.5.0.2', 'elsewhere'),
  ]

  it('counts what lies in the set and can be given', () => {
    const usage = usageOf(set, reservations, ({ containerId }) => containerId === '')
    expect(usage).toEqual({ size: 5n, reserved: 3, containers: 1, dead: 1 })
    expect(formatUsage(usage)).toBe('5 addresses, 3 reserved by 1 container, 1 of them looks dead')
  })

  it('takes none for dead unless told', () => {
    const usage = usageOf(set, reservations.slice(0, 2))
    expect(formatUsage(usage)).toBe('5 addresses, 2 reserved by 1 container, 0 of them look dead')
  })
})
