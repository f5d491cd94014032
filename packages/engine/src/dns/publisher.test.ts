import { expect, it } from 'vitest'
import { newPublisher } from './publisher.ts'
import { newStop } from './signal.ts'

const [web, db] = [
  { namespace: 'default', id: 'web' },
  { namespace: 'default', id: 'db' },
]

/** The containers published for additions made before the loop runs, and for those made while it publishes. */
async function published(
  before: readonly Parameters<ReturnType<typeof newPublisher>['add']>[0][],
  during: typeof before,
): Promise<readonly unknown[]> {
  const stop = newStop()
  const all: unknown[] = []
  const publisher = newPublisher(async (only) => {
    all.push(only)
    if (all.length === 1 && during.length > 0) for (const each of during) publisher.add(each)
    else stop.order()
  })
  for (const each of before) publisher.add(each)
  await publisher.run(stop)
  return all
}

it('containers that are due together are published at once, those that come meanwhile next', async () => {
  expect(await published([[web], [db]], [[web]])).toEqual([[web, db], [web]])
})

it('all containers being due leaves none to be named', async () => {
  expect(await published([[web], 'all', [db]], [[]])).toEqual([undefined, []])
})

it('nothing is published at the end', async () => {
  const stop = newStop()
  stop.order()
  const publisher = newPublisher(() => Promise.reject(new Error('published')))
  publisher.add('all')
  await expect(publisher.run(stop)).resolves.toBeUndefined()
})
