import fc from 'fast-check'
import { expect, it } from 'vitest'
import { jsonFault } from './json-fault.ts'

it.each([
  ['', 'unexpected end of JSON input at line 1, column 1'],
  ['{"a":1', 'unexpected end of JSON input at line 1, column 7'],
  ['{"a', 'unexpected end of JSON input at line 1, column 4'],
  ['[1, \n', 'unexpected end of JSON input at line 2, column 1'],
  ['{"a" 1}', 'invalid JSON: colon expected at line 1, column 6'],
  ['{"a":1 "b":2}', 'invalid JSON: comma expected at line 1, column 8'],
  ['[1 2]', 'invalid JSON: comma expected at line 1, column 4'],
  ['[1}', 'invalid JSON: comma expected at line 1, column 3'],
  ['[1,]', 'invalid JSON: value expected at line 1, column 4'],
  ['[01]', 'invalid JSON: value expected at line 1, column 2'],
  ['["\\x"]', 'invalid JSON: value expected at line 1, column 2'],
  ['["\u0001"]', 'invalid JSON: value expected at line 1, column 2'],
  ['[\u00a0]', 'invalid JSON: value expected at line 1, column 2'],
  ['{"a":}', 'invalid JSON: value expected at line 1, column 6'],
  ['[constructor]', 'invalid JSON: value expected at line 1, column 2'],
  [']', 'invalid JSON: value expected at line 1, column 1'],
  ['\ufeff{}', 'invalid JSON: value expected at line 1, column 1'],
  ['{"a":1,}', 'invalid JSON: property name expected at line 1, column 8'],
  ['{a:1}', 'invalid JSON: property name expected at line 1, column 2'],
  ['{1:1}', 'invalid JSON: property name expected at line 1, column 2'],
  ['{} {}', 'invalid JSON: end of file expected at line 1, column 4'],
  ['\n // no\n{}', 'invalid JSON: value expected at line 2, column 2'],
  ['['.repeat(50_000), 'unreadable JSON'],
])('says where %j stops being JSON', (text, fault) => {
  expect(() => JSON.parse(text)).toThrow(SyntaxError)
  expect(jsonFault(text)).toBe(fault)
})

it('finds a fault in each text that JSON.parse refuses, and in no other', () => {
  const sign = fc.constantFrom(...'{}[],:"\\ \n', '1', 'true', '"a"', '"b":', '-', 'e')
  const near = fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2, unit: sign }))
  const broken = near.map(([text, seed, other]) => {
    const at = seed % (text.length + 1)
    return text.slice(0, at) + other + text.slice(at + 1)
  })
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string({ unit: sign }), broken), (text) => {
      const isJson = (() => {
        try {
          JSON.parse(text)
          return true
        } catch {
          return false
        }
      })()
      expect(jsonFault(text) === 'unreadable JSON').toBe(isJson)
    }),
    { numRuns: 2000 },
  )
})
