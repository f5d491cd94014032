import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonFault } from './json-fault.ts'
import { elements, properties, readJson } from './json-text.ts'

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('jsonFault', () => {
  it.each([
    ['', 0, 'unexpected end'],
    ['{"a":1', 6, 'unexpected end'],
    ['{"a" 1}', 5, 'colon expected'],
    ['{"a":1 "b":2}', 7, 'comma expected'],
    ['[1,]', 3, 'value expected'],
    ['{"a":1,}', 7, 'property name expected'],
    ['{a:1}', 1, 'property name expected'],
    ['[01]', 1, 'value expected'],
    ['[1}', 2, 'comma expected'],
    ['["a\nb"]', 1, 'invalid character or end in a string'],
    ['["\\x"]', 1, 'invalid character or end in a string'],
    ['{} {}', 3, 'end of file expected'],
    ['// no\n{}', 0, 'invalid comment token'],
    ['\u00a0{}', 0, 'value expected'],
  ])('finds where %j stops being JSON', (text, offset, why) => {
    expect(isJson(text)).toBe(false)
    expect(jsonFault(text)).toEqual({ offset, why })
  })

  it('is of one mind with JSON.parse on what is JSON', () => {
    const spoiled = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '}', ']', '\\', '0', 'x', ' '))
      .map(([text, at, put]) => {
        const cut = at % (text.length + 1)
        return text.slice(0, cut) + put + text.slice(cut + 1)
      })
    fc.assert(
      fc.property(fc.oneof(fc.json(), spoiled, fc.string()), (text) => {
        expect(jsonFault(text) === undefined).toBe(isJson(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('takes a text that is nested a hundred thousand deep', () => {
    expect(jsonFault('['.repeat(100_000))).toEqual({ offset: 100_000, why: 'unexpected end' })
  })
})

describe('properties', () => {
  it('keeps each as written, in the order written, duplicates too', () => {
    const text = '{ "b" : 18446744073709551615,\n "a":{"x":[1,{"y":","}]} , "b":"}\\"" }'
    expect(properties(readJson(text, 'x'))).toEqual([
      { key: 'b', source: '"b" : 18446744073709551615', value: '18446744073709551615' },
      { key: 'a', source: '"a":{"x":[1,{"y":","}]}', value: '{"x":[1,{"y":","}]}' },
      { key: 'b', source: '"b":"}\\""', value: '"}\\""' },
    ])
  })

  it.each(['[1]', '"{}"', 'null', '3'])('%s has none', (text) => {
    expect(properties(readJson(text, 'x'))).toEqual([])
  })

  it('together are the object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(4), (object, indent) => {
        const text = JSON.stringify(object, null, indent)
        const members = properties(readJson(text, 'x'))
        expect(members.map(({ key }) => key)).toEqual(Object.keys(JSON.parse(text)))
        const again = JSON.parse(`{${members.map(({ source }) => source).join()}}`)
        expect(again).toEqual(JSON.parse(text))
      }),
    )
  })
})

describe('elements', () => {
  it('together are the array under the key that stands last', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.nat(4), (array, indent) => {
        const text = `{"p":[0],"p":${JSON.stringify(array, null, indent)},"q":1}`
        const found = elements(readJson(text, 'x'), 'p')
        expect(JSON.parse(`[${found.join()}]`)).toEqual(JSON.parse(JSON.stringify(array)))
      }),
    )
  })

  it.each(['{"p":{"a":1}}', '{"p":"[1]"}', '{}', '[1]'])('%s has none', (text) => {
    expect(elements(readJson(text, 'x'), 'p')).toEqual([])
  })
})
