import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findAnswer, keepAnswer, makeDnsCache } from './dns-cache.ts'

const octets = Uint8Array.of(1, 2, 3)

it('an answer is fresh, then stale', () => {
  const cache = makeDnsCache(10, 10_000)
  keepAnswer(cache, 'a', { octets, atSeconds: 100, ttlSeconds: 5 })
  expect(findAnswer(cache, 'a', 104.9)).toEqual({ kind: 'fresh', octets, ageSeconds: 4 })
  expect(findAnswer(cache, 'a', 105)).toEqual({ kind: 'stale', octets, ageSeconds: 5 })
  expect(findAnswer(cache, 'a', 99)).toEqual({ kind: 'fresh', octets, ageSeconds: 0 })
  expect(findAnswer(cache, 'b', 100)).toBeUndefined()
})

it('those not used for longest make room', () => {
  const cache = makeDnsCache(2, 10_000)
  const keep = (key: string) => keepAnswer(cache, key, { octets, atSeconds: 0, ttlSeconds: 5 })
  keep('a')
  keep('b')
  findAnswer(cache, 'a', 0)
  keep('c')
  expect([...cache.entries.keys()]).toEqual(['a', 'c'])
})

it('an answer larger than the cache is not kept', () => {
  const cache = makeDnsCache(2, 1000)
  keepAnswer(cache, 'a', { octets: new Uint8Array(2000), atSeconds: 0, ttlSeconds: 5 })
  expect({ size: cache.entries.size, octets: cache.octets }).toEqual({ size: 0, octets: 0 })
})

it('bounds hold, and octets are those of the entries, whatever is kept', () => {
  const kept = fc.record({ key: fc.string({ maxLength: 3 }), length: fc.nat({ max: 3000 }) })
  fc.assert(
    fc.property(fc.array(kept, { maxLength: 60 }), (all) => {
      const cache = makeDnsCache(8, 5000)
      for (const { key, length } of all) {
        keepAnswer(cache, key, { octets: new Uint8Array(length), atSeconds: 0, ttlSeconds: 1 })
        const sizes = [...cache.entries].map(([key, each]) => key.length + each.octets.length + 200)
        expect(cache.octets).toBe(sizes.reduce((sum, size) => sum + size, 0))
        expect(cache.octets).toBeLessThanOrEqual(5000)
        expect(cache.entries.size).toBeLessThanOrEqual(8)
      }
    }),
  )
})
