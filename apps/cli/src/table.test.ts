import { expect, it } from 'vitest'
import { table } from './table.ts'

it('columns are as wide as their widest cell, with nothing after the last one', () => {
  const rows = [
    ['1234', 'a', '/x'],
    ['1', 'long', ''],
  ]
  expect(table(['ID', 'NAME', 'FILE'], rows, { terminal: false })).toEqual([
    'ID    NAME  FILE',
    '1234  a     /x',
    '1     long',
  ])
})

it('only a terminal sees bold', () => {
  expect(table(['ID'], [], { terminal: true })).toEqual(['\u001b[1mID\u001b[0m'])
})

it('the widest columns are cut until a line fits, a path at its beginning', () => {
  const rows = [
    ['12', 'n'.repeat(30), `/etc/cni/net.d/${'n'.repeat(30)}.conflist`],
    ['3', 'lan', '/etc/cni/net.d/lan.conflist'],
  ]
  const lines = table(['ID', 'NAME', 'FILE'], rows, { terminal: false, width: 40 })
  expect(lines).toEqual([
    'ID  NAME               FILE',
    '12  nnnnnnnnnnnnnnnn…  …nnnnnnn.conflist',
    '3   lan                …t.d/lan.conflist',
  ])
  expect(Math.max(...lines.map((line) => line.length))).toBe(40)
  expect(table(['A'], [['x'.repeat(90)]], { terminal: false })[1]).toHaveLength(90)
})

it('a title is never cut', () => {
  expect(table(['ADDRESSES'], [['10.0.0.1/24']], { terminal: false, width: 3 })).toEqual([
    'ADDRESSES',
    '10.0.0.1…',
  ])
})

it('characters that take two columns, or none, are counted so', () => {
  const rows = [
    ['\u7db2\u8def', 'x'],
    ['e\u0301', 'y'],
    ['\u{1f469}\u200d\u{1f680}', 'z'],
  ]
  expect(table(['NAME', 'B'], rows, { terminal: false })).toEqual([
    'NAME  B',
    '\u7db2\u8def  x',
    'e\u0301     y',
    '\u{1f469}\u200d\u{1f680}    z',
  ])
  const cut = table(['N', 'B'], [['\u7db2\u8def\u7db2\u8def', 'x']], { terminal: false, width: 9 })
  expect(cut[1]).toBe('\u7db2\u8def\u2026   x')
})

it('a row may have more cells than there are titles', () => {
  expect(table(['A'], [['1', '2']], { terminal: false })).toEqual(['A', '1  2'])
})
