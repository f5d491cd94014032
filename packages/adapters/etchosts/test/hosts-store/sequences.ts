import type { ContainerNames } from '@vethra/names'
import type { HostsStore } from '@vethra/world'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { container, rowsOf } from './sample.ts'
import type { OpenHostsStore } from './subject.ts'

type Step =
  | { readonly kind: 'acquire'; readonly names: ContainerNames }
  | { readonly kind: 'rename'; readonly id: string; readonly name: string }
  | { readonly kind: 'release' | 'remove'; readonly id: string }

const ids = ['a', 'b', 'c', 'd', 'e']
const id = fc.constantFrom(...ids)
// Few names, so that some are shared; long and short ones, so that not each fits where another was.
const name = fc.constantFrom('', 'web', 'db', 'h-a', 'a-name-that-takes-quite-some-more-room')
const refs = fc.subarray(['bridge', 'lan', 'wan'])

const names = fc.record({ id, name, refs, host: fc.integer({ min: 0, max: 40 }) }).map((each) => {
  const own = ids.indexOf(each.id) * 50 + each.host
  const networks = each.refs.map((ref, net) => [
    ref,
    [`10.${net}.0.${own}/24`, `fd00:${net}::${own}/64`],
  ])
  return container(each.id, Object.fromEntries(networks), { name: each.name })
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: names.map((each): Step => ({ kind: 'acquire', names: each })) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rename' as const), id, name }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('release' as const, 'remove'), id }) },
)

/** The property that history does not show: after any sequence the files are those of the end state alone. */
export function sequences(open: OpenHostsStore): void {
  it('any sequence of joins and leaves ends in the files of a store that saw only its end', async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const [lived, fresh] = [await open(), await open()]
      try {
        for (const each of steps) await take(lived.store, each)
        const left = await lived.store.list()
        for (const each of left) await fresh.store.acquire(each)
        expect(await fresh.store.list()).toEqual(left)
        for (const each of left) {
          const expected = rowsOf(await fresh.hostsOf(each.id))
          expect(rowsOf(await lived.hostsOf(each.id))).toEqual(expected)
        }
      } finally {
        await Promise.all([lived.close(), fresh.close()])
      }
    })
    await fc.assert(property, { numRuns: 25 })
  })
}

function take(store: HostsStore, step: Step): Promise<void> {
  if (step.kind === 'acquire') return store.acquire(step.names)
  if (step.kind === 'rename') return store.rename(step.id, step.name)
  return store[step.kind](step.id)
}
