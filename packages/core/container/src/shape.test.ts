import { describe, expect, it } from 'vitest'
import { describeFault, fields, listOf, nullish, number, optional, tableOf, text } from './shape.ts'

const shape = fields({
  name: text,
  size: optional(number),
  more: nullish(fields({ list: listOf(fields({ name: text })), table: tableOf(text) })),
})

describe('a shape', () => {
  it.each([
    { name: 'a' },
    { name: 'a', size: 1, more: null, other: [] },
    { name: 'a', more: { list: [{ name: 'b' }], table: { 'a b': 'c' } } },
  ])('takes %j', (value) => {
    expect(shape(value)).toBeUndefined()
  })

  it.each<[unknown, string]>([
    [null, 'the whole must be object'],
    [[], 'the whole must be object'],
    [{}, 'name must be string'],
    [{ name: 'a', size: null }, 'size must be number'],
    [{ name: 'a', size: 1 / 0 }, 'size must be number'],
    [{ name: 'a', more: { list: {} } }, 'more.list must be array'],
    [{ name: 'a', more: { list: [{ name: 'b' }, {}] } }, 'more.list[1].name must be string'],
    [{ name: 'a', more: { list: [], table: { 'a\n': 1 } } }, 'more.table["a\\n"] must be string'],
  ])('names the first fault of %j', (value, sentence) => {
    const fault = shape(value)
    expect(fault && describeFault(fault)).toBe(sentence)
  })
})
