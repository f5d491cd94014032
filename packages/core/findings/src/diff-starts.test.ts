import { expect, it } from 'vitest'
import { healthyWorld } from '../test/sample-host.ts'
import { nothingDesired, nothingObserved } from '../test/sample-states.ts'
import { diff } from './index.ts'

const [sample] = healthyWorld(1).observed.containers

it.each([
  [{ transient: true as const }, false, ['start-left']],
  [{ transient: true as const, awaited: true as const }, false, ['start-left']],
  [{ transient: true as const, startedMs: 1 }, false, []],
  [{ transient: true as const }, true, ['container-damaged']],
  [{ transient: true as const, startedMs: 1 }, true, []],
  [{ transient: true as const }, undefined, []],
  [{}, false, []],
])('%j, attached: %s', (own, known, kinds) => {
  if (sample === undefined) throw new Error('no sample')
  const { startedMs: _startedMs, ...rest } = sample
  const names = known === true ? ('known' as const) : ('none' as const)
  const container = { ...rest, names, ...own }
  const { namespace, id, containerId } = container
  const plain = { namespace, id, containerId, name: '', networks: [] }
  const wanted = { ...plain, ...(known === undefined ? {} : { known }) }
  const found = diff(
    { ...nothingDesired, containers: [wanted] },
    { ...nothingObserved, containers: [container] },
  )
  expect(found.map(({ kind }) => kind)).toEqual(kinds)
  const isLeft = String(kinds) === 'start-left'
  expect(found.map(({ repair }) => repair?.kind === 'forget-start')).toEqual(
    kinds.map(() => isLeft && !('awaited' in own)),
  )
})
