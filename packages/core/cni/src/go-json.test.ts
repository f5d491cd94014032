import { expect, it } from 'vitest'
import { goField, goType, type Json } from './index.ts'

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
