import { expect, it } from 'vitest'
import { table } from './table.ts'

it('columns are as wide as their widest cell, with nothing after the last one', () => {
  expect(
    table(
      ['ID', 'NAME', 'FILE'],
      [
        ['1234', 'a', '/x'],
        ['1', 'long', ''],
      ],
      false,
    ),
  ).toEqual(['ID    NAME  FILE', '1234  a     /x', '1     long'])
})

it('only a terminal sees bold', () => {
  expect(table(['ID'], [], true)).toEqual(['\u001b[1mID\u001b[0m'])
})
