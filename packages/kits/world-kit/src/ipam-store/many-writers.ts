import { expect, it } from 'vitest'
import { address, claim, holders, text } from './sample.ts'
import type { IpamStoreSubject } from './subject.ts'

const numbers = Array.from({ length: 20 }, (_, index) => index + 2)

/** The cases of writers that come at the same time. */
export function manyWriters(subject: () => IpamStoreSubject): void {
  it('never gives an address to two who come at the same time', async () => {
    const { store, other = store } = subject()
    const outcomes = await Promise.all(
      numbers.map((number) =>
        [store, other][number % 2]?.reserveFirst('lan', claim(`c${number}`, numbers)),
      ),
    )
    const given = outcomes.flatMap((each) => (each?.kind === 'reserved' ? [each.address] : []))
    expect(new Set(given.map(({ value }) => value)).size).toBe(numbers.length)
    expect((await holders(store)).length).toBe(numbers.length)
  })

  it('gives one address to one of many who ask for it', async () => {
    const { store, other = store } = subject()
    const outcomes = await Promise.all(
      numbers.map((number) =>
        [store, other][number % 2]?.reserveFirst('lan', claim(`c${number}`, [2])),
      ),
    )
    expect(outcomes.filter((each) => each?.kind === 'reserved')).toHaveLength(1)
    expect(outcomes.filter((each) => each?.kind === 'none')).toHaveLength(numbers.length - 1)
  })

  it('gives one interface one address, however often it asks at the same time', async () => {
    const { store, other = store } = subject()
    const outcomes = await Promise.all(
      numbers.map((number) => [store, other][number % 2]?.reserveFirst('lan', claim('a', numbers))),
    )
    expect(outcomes.filter((each) => each?.kind === 'reserved')).toHaveLength(1)
    expect(await holders(store)).toEqual([`${text(2)} a eth0`])
  })

  it('lets who comes and who goes at the same time both have their way', async () => {
    const { store, other = store } = subject()
    for (const number of numbers) await store.reserveFirst('lan', claim(`c${number}`, [number]))
    await Promise.all(
      numbers.flatMap((number) => [
        store.release('lan', { containerId: `c${number}`, ifname: 'eth0' }),
        other.reserveFirst('lan', claim(`d${number}`, [number + 100])),
      ]),
    )
    expect(await store.taken('lan')).toEqual(numbers.map((number) => address(number + 100)))
  })
}
