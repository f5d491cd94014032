import { expect, it } from 'vitest'
import { CniError, oneOrAll } from './index.ts'

it('an error of another copy of this package is one, too, and nothing else is', () => {
  const other = Object.assign(new Error('x'), { [Symbol.for('@vethra/cni CniError')]: true })
  expect(new CniError({ code: 5, message: 'x' })).toBeInstanceOf(CniError)
  expect(other).toBeInstanceOf(CniError)
  for (const none of [new Error('x'), { name: 'CniError', code: 5 }, null, undefined, 'CniError']) {
    expect(none instanceof CniError).toBe(false)
  }
})

it('of several errors each is kept, and a single one stays itself', () => {
  const [first, second] = [new Error('a'), new Error('b')]
  expect(oneOrAll([], 'm')).toBeUndefined()
  expect(oneOrAll([first], 'm')).toBe(first)
  const all = oneOrAll([first, second], 'm', 'h')
  expect(all).toMatchObject({ code: 106, hint: 'h', cause: { errors: [first, second] } })
})
