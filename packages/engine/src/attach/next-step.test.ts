import { CniError } from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import { describe, expect, it } from 'vitest'
import { advance, type PluginOutcome, runsPlugins, start, stepOf } from './next-step.ts'
import type { Plan, Progress } from './plan.ts'

const list = parseConfList(
  '{"cniVersion":"1.0.0","name":"lan","plugins":[{"type":"a"},{"type":"b"},{"type":"c"}]}',
)
const attachment = {
  containerId: 'c1',
  netns: '/n',
  ifname: 'eth0',
  cniArgs: [],
  capabilityArgs: {},
}
const add: Plan = { operation: 'ADD', list, attachment }
const printed = (name: string): PluginOutcome => ({
  printed: `{"cniVersion":"1.0.0","interfaces":[{"name":"${name}"}]}`,
})
const failed = (code: number): PluginOutcome => ({
  error: new CniError({ code, message: `code ${code}` }),
})

/** Follows the plan with one outcome after the other, and tells what each step was. */
function follow(
  plan: Plan,
  outcomes: readonly PluginOutcome[],
): { steps: string[]; end: Progress } {
  let end = start(plan)
  const steps: string[] = []
  for (const outcome of outcomes) {
    const step = stepOf(end)
    if (!runsPlugins(step)) throw new Error(`nothing left to run after ${steps}`)
    const calls = step.kind === 'exec' ? [step.call] : step.stage.calls
    const types = calls.map(({ type }) => type).join('+')
    const prev = JSON.parse(calls[0]?.stdin ?? '{}').prevResult?.interfaces?.[0]?.name ?? '-'
    steps.push(`${calls[0]?.operation} ${types} ${prev}`)
    end = advance(end, outcome)
  }
  return { steps, end }
}

describe('neighbours that go native', () => {
  const way = (type: string, native: boolean) =>
    ({ type, way: native ? 'native' : 'exec' }) as const
  const ways = [way('a', false), way('b', true), way('c', true)]

  it('are one step of ADD', () => {
    const { steps, end } = follow({ ...add, ways }, [printed('x'), printed('z')])
    expect(steps).toEqual(['ADD a -', 'ADD b+c x'])
    expect(stepOf(end)).toMatchObject({
      kind: 'done',
      result: { result: { interfaces: [{ name: 'z' }] } },
    })
  })

  it('are undone as one step', () => {
    const { steps, end } = follow({ ...add, ways }, [
      printed('x'),
      failed(5),
      printed(''),
      printed(''),
    ])
    expect(steps).toEqual(['ADD a -', 'ADD b+c x', 'DEL b+c x', 'DEL a x'])
    expect(stepOf(end)).toMatchObject({
      kind: 'failed',
      error: { code: 5, cause: { message: 'plugins "b", "c" failed (add)' } },
    })
  })

  it('are not undone where they refused their conf', () => {
    const { steps } = follow({ ...add, ways }, [printed('x'), failed(7), printed('')])
    expect(steps).toEqual(['ADD a -', 'ADD b+c x', 'DEL a x'])
  })

  it('are one step of DEL, and of CHECK', () => {
    const del = follow({ ...add, operation: 'DEL', ways }, [printed(''), printed('')])
    expect(del.steps).toEqual(['DEL b+c -', 'DEL a -'])
    const check = follow({ ...add, operation: 'CHECK', ways }, [printed(''), printed('')])
    expect(check.steps).toEqual(['CHECK a -', 'CHECK b+c -'])
  })

  it('are parted by a program', () => {
    const parted = [way('a', true), way('b', false), way('c', true)]
    const { steps } = follow({ ...add, ways: parted }, [printed('x'), printed('y'), printed('z')])
    expect(steps).toEqual(['ADD a -', 'ADD b x', 'ADD c y'])
  })
})

describe('ADD', () => {
  it('runs the plugins in order, each with the result of the one before, and returns the last', () => {
    const { steps, end } = follow(add, [printed('x'), printed('y'), printed('z')])
    expect(steps).toEqual(['ADD a -', 'ADD b x', 'ADD c y'])
    expect(stepOf(end)).toMatchObject({
      kind: 'done',
      result: { result: { interfaces: [{ name: 'z' }] } },
    })
  })

  it('that fails is undone: what ran, in reverse, with the last result', () => {
    const { steps, end } = follow(add, [printed('x'), failed(7), printed(''), printed('')])
    expect(steps).toEqual(['ADD a -', 'ADD b x', 'DEL b x', 'DEL a x'])
    expect(stepOf(end)).toMatchObject({
      kind: 'failed',
      error: {
        code: 7,
        message: 'ADD of network lan failed for container c1 (eth0)',
        cause: { message: 'plugin type="b" failed (add)', cause: { message: 'code 7' } },
      },
    })
  })

  it('undoes nothing of a plugin that is not there', () => {
    const { steps } = follow(add, [printed('x'), failed(100), printed('')])
    expect(steps).toEqual(['ADD a -', 'ADD b x', 'DEL a x'])
  })

  it('keeps the failures of the undoing behind the first one', () => {
    const { end } = follow(add, [printed('x'), failed(7), failed(5), failed(6)])
    const step = stepOf(end)
    const cause = step.kind === 'failed' ? (step.error.cause as AggregateError) : undefined
    expect(cause?.errors.map((error: CniError) => [error.code, error.message])).toEqual([
      [7, 'plugin type="b" failed (add)'],
      [5, 'plugin type="b" failed (delete)'],
      [6, 'plugin type="a" failed (delete)'],
    ])
  })

  it('fails when a plugin prints no result', () => {
    const { end } = follow(add, [{ printed: '' }])
    expect(end).toMatchObject({ direction: 'back', index: 0, errors: [{ code: 6 }] })
  })

  it('hands a result of another version on as it was printed', () => {
    const other = { printed: '{"cniVersion":"0.4.0","interfaces":[{"name":"x"}],"extra":1}' }
    const step = stepOf(advance(start(add), other))
    expect(step.kind === 'exec' && JSON.parse(step.call.stdin).prevResult).toEqual(
      JSON.parse(other.printed),
    )
  })
})

describe('DEL', () => {
  const del: Plan = {
    operation: 'DEL',
    list,
    attachment,
    prevResult: '{"interfaces":[{"name":"r"}]}',
  }

  it('runs the plugins in reverse, each with the cached result', () => {
    const { steps, end } = follow(del, [printed(''), printed(''), printed('')])
    expect(steps).toEqual(['DEL c r', 'DEL b r', 'DEL a r'])
    expect(stepOf(end)).toEqual({ kind: 'done' })
  })

  it('goes on after a failure and reports them all', () => {
    const { steps, end } = follow(del, [failed(5), printed(''), failed(7)])
    expect(steps).toHaveLength(3)
    expect(end.errors.map(({ message }) => message)).toEqual([
      'plugin type="c" failed (delete)',
      'plugin type="a" failed (delete)',
    ])
  })

  it('sends no previous result before 0.4.0', () => {
    const old = { ...list, cniVersion: '0.3.1' }
    expect(follow({ ...del, list: old }, [printed('')]).steps).toEqual(['DEL c -'])
  })
})

describe('CHECK', () => {
  const check: Plan = {
    operation: 'CHECK',
    list,
    attachment,
    prevResult: '{"interfaces":[{"name":"r"}]}',
  }

  it('runs the plugins in order, each with the cached result, and stops at the first failure', () => {
    expect(follow(check, [printed(''), printed(''), printed('')]).steps).toEqual([
      'CHECK a r',
      'CHECK b r',
      'CHECK c r',
    ])
    const { end } = follow(check, [printed(''), failed(11)])
    expect(stepOf(end)).toMatchObject({ kind: 'failed', error: { code: 11 } })
  })

  it('is refused before 0.4.0, and does nothing where the list says disableCheck', () => {
    expect(stepOf(start({ ...check, list: { ...list, cniVersion: '0.3.1' } }))).toMatchObject({
      kind: 'failed',
      error: {
        code: 1,
        cause: { message: 'configuration version "0.3.1" does not support the CHECK command' },
      },
    })
    expect(stepOf(start({ ...check, list: { ...list, disableCheck: true } }))).toEqual({
      kind: 'done',
    })
  })
})

describe('STATUS and GC', () => {
  const newest = { ...list, cniVersion: '1.1.0' }

  it('know no container', () => {
    const step = stepOf(start({ operation: 'STATUS', list: newest }))
    expect(step).toMatchObject({
      kind: 'exec',
      call: { operation: 'STATUS', containerId: '', netns: '', ifname: '', cniArgs: [] },
    })
  })

  it('STATUS stops at the first failure, GC goes on', () => {
    expect(stepOf(follow({ operation: 'STATUS', list: newest }, [failed(50)]).end)).toMatchObject({
      error: { code: 50 },
    })
    const { steps, end } = follow({ operation: 'GC', list: newest }, [
      failed(5),
      failed(6),
      printed(''),
    ])
    expect(steps).toEqual(['GC a -', 'GC b -', 'GC c -'])
    expect(end.errors).toHaveLength(2)
  })

  it.each(['STATUS', 'GC'] as const)(
    '%s is over at once where the version does not have it',
    (operation) => {
      expect(stepOf(start({ operation, list }))).toEqual({ kind: 'done' })
      expect(stepOf(start({ operation, list: { ...list, cniVersion: 'bad' } }))).toEqual({
        kind: 'done',
      })
    },
  )
})
