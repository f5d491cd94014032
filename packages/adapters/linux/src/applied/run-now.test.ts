import { expect, it } from 'vitest'
import { runNow } from './run-now.ts'

it('a program that ignores signals is ended in time', () => {
  const begun = performance.now()
  const { said, fault } = runNow('sh', ['-c', 'trap "" TERM; while :; do sleep 0.1; done'], 300)
  expect({ said, fault }).toEqual({ said: '', fault: expect.stringContaining('ETIMEDOUT') })
  expect(performance.now() - begun).toBeLessThan(5000)
})
