import type { IpamStore } from '@vethra/world'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { address, claim, holders, text } from './sample.ts'
import type { OpenIpamStore } from './subject.ts'

const numbers = [2, 3, 4, 5, 6]
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g')
const step = fc.oneof(
  fc.record({ kind: fc.constant('reserve' as const), id, from: fc.nat(4) }),
  fc.record({ kind: fc.constant('release' as const), id }),
)
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Any sequence of claims and releases does what the same sequence does to a plain map. */
export function sequences(open: OpenIpamStore): void {
  it('any sequence leaves exactly who came and did not go, each with the first address that was free', async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { store, other = store, close } = await open()
      try {
        const model = new Map<number, string>()
        for (const [index, each] of steps.entries()) {
          await take(index % 2 === 0 ? store : other, model, each)
        }
        const expected = [...model].sort(([a], [b]) => a - b)
        expect(await holders(store)).toEqual(expected.map(([n, by]) => `${text(n)} ${by} eth0`))
      } finally {
        await close()
      }
    })
    await fc.assert(property, { numRuns: 30 })
  })
}

async function take(store: IpamStore, model: Map<number, string>, each: Step): Promise<void> {
  const own = [...model].flatMap(([number, holder]) => (holder === each.id ? [number] : []))
  if (each.kind === 'release') {
    const given = await store.release('lan', { containerId: each.id, ifname: 'eth0' })
    expect(given).toEqual(own.map(address))
    for (const number of own) model.delete(number)
    return
  }
  const order = [...numbers.slice(each.from), ...numbers.slice(0, each.from)]
  const outcome = await store.reserveFirst('lan', claim(each.id, order))
  const free = order.find((number) => !model.has(number))
  const [held] = own
  if (held !== undefined) expect(outcome).toEqual({ kind: 'held', address: address(held) })
  else if (free === undefined) expect(outcome).toEqual({ kind: 'none' })
  else {
    expect(outcome).toEqual({ kind: 'reserved', address: address(free) })
    model.set(free, each.id)
  }
}
