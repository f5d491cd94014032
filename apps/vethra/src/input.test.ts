import { closeSync, mkdtempSync, openSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { type InputOptions, readInput } from './input.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'input-'))
})

function readAs(text: string | Buffer, options?: InputOptions): string {
  const path = join(folder, 'text')
  writeFileSync(path, text)
  const descriptor = openSync(path, 'r')
  try {
    return readInput(descriptor, options)
  } finally {
    closeSync(descriptor)
  }
}

it.each(['', 'x', 'ä'.repeat(70_000), 'x'.repeat(65_536)])('%.5s is read whole', (text) => {
  expect(readAs(text)).toBe(text)
})

it('more than so many octets are refused', () => {
  expect(readAs('x'.repeat(100_000), { most: 100_000 })).toHaveLength(100_000)
  expect(() => readAs('x'.repeat(100_001), { most: 100_000 })).toThrow(
    expect.objectContaining({ code: 5 }),
  )
})

it('octets that are not UTF-8 are refused where they must be, and else become U+FFFD', () => {
  const octets = Buffer.from('"\xff"', 'latin1')
  expect(readAs(octets)).toBe('"\ufffd"')
  const only = 'UTF-8'
  expect(() => readAs(octets, { only })).toThrow(expect.objectContaining({ code: 6 }))
  expect(readAs('"\ufffd"', { only })).toBe('"\ufffd"')
})

it('a folder is refused by a plain error', () => {
  const descriptor = openSync(folder, 'r')
  expect(() => readInput(descriptor)).toThrow(expect.objectContaining({ code: 5 }))
  closeSync(descriptor)
})
