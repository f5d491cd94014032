import fc from 'fast-check'
import { parseTree } from 'jsonc-parser'
import { describe, expect, it } from 'vitest'
import { elements, properties, readJson } from './json-text.ts'

describe('readJson', () => {
  it.each([
    ['', 'unexpected end of JSON input at line 1, column 1'],
    ['{"a":1', 'unexpected end of JSON input at line 1, column 7'],
    ['{"a" 1}', 'invalid JSON: colon expected at line 1, column 6'],
    ['{"a":1 "b":2}', 'invalid JSON: comma expected at line 1, column 8'],
    ['[1,]', 'invalid JSON: value expected at line 1, column 4'],
    ['{"a":1,}', 'invalid JSON: property name expected at line 1, column 8'],
    ['{} {}', 'invalid JSON: end of file expected at line 1, column 4'],
    ['\n // no\n{}', 'invalid JSON: invalid comment token at line 2, column 2'],
  ])('says where %j stops being JSON', (text, fault) => {
    const code = 6
    expect(() => readJson(text, 'x')).toThrow(
      expect.objectContaining({ code, message: `x: ${fault}` }),
    )
  })
})

describe('properties', () => {
  it('keeps each as written, in the order written, duplicates too', () => {
    const text = '{ "b" : 18446744073709551615,\n "a":{"x":[1,{"y":","}]} , "b":"}\\"" }'
    expect(properties(readJson(text, 'x'))).toEqual([
      { key: 'b', source: '"b" : 18446744073709551615' },
      { key: 'a', source: '"a":{"x":[1,{"y":","}]}' },
      { key: 'b', source: '"b":"}\\""' },
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

it.each([
  ['arrays', '['.repeat(50_000)],
  ['objects', '{"a":'.repeat(50_000)],
])('a text of 50,000 %s within each other is not JSON that is read', (_, text) => {
  expect(() => readJson(text, 'x')).toThrow(expect.objectContaining({ code: 6 }))
})

it('divides any text as a parser of JSON with places does', () => {
  const spaces = fc.constantFrom('', ' ', '\n\t ', '\r\n')
  const value = fc.oneof(
    fc.json(),
    fc.string().map((each) => JSON.stringify(each)),
  )
  fc.assert(
    fc.property(fc.array(fc.tuple(spaces, value, spaces)), fc.string(), (parts, key) => {
      const array = `[${parts.map((each) => each.join('')).join()}]`
      const members = parts.map(([a, each, b]) => `${a}${JSON.stringify(key)}${b}:${a}${each}${b}`)
      const text = `{${[...members, `"p" : ${array}`].join()}}`
      const places = (node = parseTree(text), path: readonly number[] = []) =>
        (path.reduce((at, index) => at?.children?.[index], node)?.children ?? []).map(
          ({ offset, length }) => text.slice(offset, offset + length),
        )
      const json = readJson(text, 'x')
      expect(properties(json).map(({ source }) => source)).toEqual(places())
      expect(elements(json, 'p')).toEqual(places(undefined, [parts.length, 1]))
    }),
  )
})
