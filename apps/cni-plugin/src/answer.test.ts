import { CniError } from '@vethra/cni'
import { expect, it } from 'vitest'
import { answer, errorAnswer } from './answer.ts'

it('escapes what Go escapes', () => {
  expect(answer({ msg: '<a> & b' })).toBe('{\n    "msg": "\\u003ca\\u003e \\u0026 b"\n}')
})

it.each([
  [
    new CniError({ code: 5, message: 'm', cause: new Error('EROFS') }),
    { code: 5, msg: 'm', details: 'EROFS' },
  ],
  [new CniError({ code: 105, message: 'm' }), { code: 11, msg: 'm' }],
  [new CniError({ code: 107, message: 'm' }), { code: 5, msg: 'm' }],
  [new CniError({ code: 102, message: 'm' }), { code: 999, msg: 'm' }],
  [
    new CniError({ code: 999, message: 'm', cause: new CniError({ code: 7, message: 'm' }) }),
    { code: 999, msg: 'm' },
  ],
  [new TypeError('m'), { code: 999, msg: 'm' }],
  ['m', { code: 999, msg: 'm' }],
])('an error is told with a code of the SPEC: %s', (error, expected) => {
  expect(JSON.parse(errorAnswer(error))).toEqual(expected)
})
