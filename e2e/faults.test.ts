import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FaultWalk, openFaultWalk } from './fault-walk.ts'
import { describeOnHost } from './gate.ts'

// A sample: scripts/soak-faults.ts walks through all steps of both hooks.
describeOnHost('a hook', () => {
  let walk: FaultWalk

  beforeEach(async () => {
    walk = await openFaultWalk('native')
  })

  afterEach(() => walk.close())

  it.each([
    ['createRuntime', [9, 17, 28, 45]],
    ['poststop', [4, 9, 13]],
  ] as const)(
    '%s that is killed at steps %j leaves nothing once its container is deleted',
    async (hook, steps) => {
      for (const step of steps) {
        const { step: killed } = await walk.run(hook, `kill:${step}`)
        expect(killed).toMatch(new RegExp(`^killed at step ${step}, `))
      }
      expect(await walk.run(hook, 'kill:10000')).toEqual({ untouched: true, step: '' })
    },
  )

  it('that did nothing leaves it to bundle rm, which can be killed and run again', async () => {
    for (const step of [6, 20, 33]) {
      const { step: killed } = await walk.remove(`kill:${step}`)
      expect(killed).toMatch(new RegExp(`^killed at step ${step}, `))
    }
  })

  it('whose disk is full, or not to be written to, leaves nothing once that is over', async () => {
    for (const fault of ['ENOSPC:3', 'EROFS:9+']) {
      expect(await walk.run('createRuntime', fault)).toMatchObject({ untouched: false })
    }
    for (const fault of ['EROFS:3+']) await walk.run('poststop', fault)
  })

  it('whose plugin fails, before or after it did its work, leaves nothing once that is over', async () => {
    await walk.close()
    walk = await openFaultWalk('exec')
    for (const fault of [
      'bridge ADD after',
      'firewall ADD before',
      'portmap DEL before',
    ] as const) {
      expect(await walk.fail(fault)).toMatchObject({ untouched: false })
    }
  })
})
