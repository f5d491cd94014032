import { expect, it } from 'vitest'
import { goBool, goField, goKeys, goType, type Json } from './index.ts'

it.each([
  [{ type: 'a', Type: 'b' }, 'b'],
  [{ TYPE: 'a', type: 'b' }, 'b'],
  [{ TYPE: 'a', Type: 'b' }, 'b'],
  [{ other: 1 }, undefined],
  [null, undefined],
  [['type'], undefined],
  ['type', undefined],
] satisfies [Json, Json | undefined][])('the field "type" of %j is %j', (value, expected) => {
  expect(goField(value, 'type')).toBe(expected)
})

it('a boolean is one of the twelve spellings of strconv.ParseBool', () => {
  expect(['1', 't', 'T', 'TRUE', 'true', 'True'].map(goBool)).not.toContain(false)
  expect(['0', 'f', 'F', 'FALSE', 'false', 'False'].every((each) => goBool(each) === false)).toBe(
    true,
  )
  expect(['', 'yes', 'tRUE', ' 1'].map(goBool)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

it('long s and the Kelvin sign are letters of a key to Go, and each spelling is told', () => {
  expect(goField({ 'i\u017flink': 1 }, 'islink')).toBe(1)
  expect(goField({ 'mas\u212a': 1 }, 'mask')).toBe(1)
  expect(goKeys({ Type: 1, other: 2, type: 3 }, 'type')).toEqual(['Type', 'type'])
})

it.each([
  [1, 'float64'],
  ['', 'string'],
  [true, 'bool'],
  [[], '[]interface {}'],
  [{}, 'map[string]interface {}'],
  [null, '<nil>'],
])('Go calls %j %s', (value, name) => {
  expect(goType(value)).toBe(name)
})
