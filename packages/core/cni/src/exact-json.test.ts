import { expect, it } from 'vitest'
import { parseExactly } from './index.ts'

it.each([
  '18446744073709551615',
  '{"a":[1.0,-0,1e400,0.10,12345678901234567890],"b":"18446744073709551615","__proto__":{"c":1e2}}',
  '[true,null,"\\u0000",[],{}]',
  '-0',
  '1e2',
  '{"mac":"02:00:5e:1e","a":[-0],"b":{"c":0.10}}',
])('%s is written as it was read', (text) => {
  expect(JSON.stringify(parseExactly(text))).toBe(text)
})

it('a number that JavaScript has is one', () => {
  expect(parseExactly('{"hostPort":8080,"rate":1.5}')).toEqual({ hostPort: 8080, rate: 1.5 })
})

it('what is not JSON is refused', () => {
  expect(() => parseExactly('{')).toThrow(SyntaxError)
})

it('what is nested deeper than 128 levels, or than is asked for, is refused', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(() => parseExactly(nested(128))).not.toThrow()
  expect(() => parseExactly(nested(50_000))).toThrow(SyntaxError)
  expect(() => parseExactly(nested(4), 3)).toThrow(SyntaxError)
})
