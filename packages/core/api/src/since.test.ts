import { describe, expect, it } from 'vitest'
import { readSince } from './index.ts'

const now = 1_769_860_800_000
const at = (fromMs: number) => ({ kind: 'time', fromMs })
const hour = 3_600_000

describe('readSince', () => {
  it.each([
    ['0', at(0)],
    ['1769860800', at(now)],
    ['1769860800.25', at(now + 250)],
    ['1h', at(now - hour)],
    ['1h30m', at(now - 1.5 * hour)],
    ['1.5h', at(now - 1.5 * hour)],
    ['2d', at(now - 48 * hour)],
    ['250ms', at(now - 250)],
    ['2026-01-31T12:00:00Z', at(now)],
    ['2026-01-31t12:00:00.5+02:00', at(now - 2 * hour + 500)],
    ['2000000000000100', { kind: 'id', id: '2000000000000100' }],
  ])('%s', (text, expected) => {
    expect(readSince(text, now)).toEqual(expected)
  })

  it('a time without a zone is local, a day begins at midnight', () => {
    const [noon, same, midnight] = ['2026-01-31T12:00:00', '2026-01-31 12:00', '2026-01-31'].map(
      (each) => readSince(each, now),
    )
    expect(same).toEqual(noon)
    expect(midnight).toEqual(noon?.kind === 'time' ? at(noon.fromMs - 12 * hour) : undefined)
  })

  it.each([
    '',
    'yesterday',
    '1',
    '-1h',
    '1y',
    'h',
    '1h30',
    '2026-13-01',
    '2026-01-31T25:00:00Z',
    '123456789012',
  ])('refuses %j, unless it is a number of seconds', (text) => {
    expect(readSince(text, now)).toEqual(text === '1' ? { kind: 'time', fromMs: 1000 } : undefined)
  })
})
