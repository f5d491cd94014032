import { expect, it } from 'vitest'
import { readPairs } from './index.ts'

it('the last one of a key wins, and a text without "=" has no value', () => {
  expect(readPairs(['a=1', 'b', 'a=x=y', '=z', '__proto__=p'])).toEqual({
    a: 'x=y',
    b: '',
    '': 'z',
    ['__proto__']: 'p',
  })
})
