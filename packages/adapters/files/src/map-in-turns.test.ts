import { expect, it } from 'vitest'
import { mapInTurns } from './map-in-turns.ts'

it('maps a long list in order, and lets a timer run meanwhile', async () => {
  const list = Array.from({ length: 1000 }, (_, index) => index)
  let seen = 0
  let at = -1
  setImmediate(() => {
    at = seen
  })
  const mapped = await mapInTurns(list, (each) => {
    seen += 1
    return each * 2
  })
  expect(mapped).toEqual(list.map((each) => each * 2))
  expect(at).toBeLessThan(1000)
})
