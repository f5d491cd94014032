import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { members, sortedMembers, type Written, writeJson } from './written-json.ts'

describe('writeJson', () => {
  it('writes as Go does: HTML characters escaped, keys in their order, nothing inside what is empty', () => {
    const value = members([
      ['10', '<&>\u2028"\n'],
      ['2', []],
      ['gone', undefined],
      ['a', members([])],
      ['b', [1, true, members([['c', 'd']])]],
    ])
    expect(writeJson(value)).toBe(
      '{"10":"\\u003c\\u0026\\u003e\\u2028\\"\\n","2":[],"a":{},"b":[1,true,{"c":"d"}]}',
    )
    expect(writeJson(value, '  ')).toMatchInlineSnapshot(`
      "{
        "10": "\\u003c\\u0026\\u003e\\u2028\\"\\n",
        "2": [],
        "a": {},
        "b": [
          1,
          true,
          {
            "c": "d"
          }
        ]
      }"
    `)
  })

  it('writes what JSON reads, with and without indent', () => {
    const json = fc.letrec<{ value: Written }>((tie) => ({
      value: fc.oneof(
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map(members),
      ),
    })).value
    fc.assert(
      fc.property(json, (value) => {
        const plain = JSON.parse(writeJson(value))
        expect(plain).toEqual(toPlain(value))
        expect(JSON.stringify(JSON.parse(writeJson(value, '  ')))).toBe(JSON.stringify(plain))
      }),
    )
  })
})

function toPlain(value: Written): unknown {
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, each]) => [key, toPlain(each)]))
  }
  return Array.isArray(value) ? value.map(toPlain) : value
}

it('sortedMembers sorts keys by their octets, not by UTF-16 units', () => {
  const keys = ['b', '2', '\u{1f600}', '10', '\uff5e', 'a', 'ab', '']
  expect([...sortedMembers(keys.map((key) => [key, 0])).keys()]).toEqual([
    '',
    '10',
    '2',
    'a',
    'ab',
    'b',
    '\uff5e',
    '\u{1f600}',
  ])
})
