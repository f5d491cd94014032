import { expect, it } from 'vitest'
import { CniError } from './index.ts'

it('an error of another copy of this package is one, too, and nothing else is', () => {
  const other = Object.assign(new Error('x'), { [Symbol.for('@vethra/cni CniError')]: true })
  expect(new CniError({ code: 5, message: 'x' })).toBeInstanceOf(CniError)
  expect(other).toBeInstanceOf(CniError)
  for (const none of [new Error('x'), { name: 'CniError', code: 5 }, null, undefined, 'CniError']) {
    expect(none instanceof CniError).toBe(false)
  }
})
