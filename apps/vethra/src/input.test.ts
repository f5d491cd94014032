import { closeSync, mkdtempSync, openSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { readInput } from './input.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'input-'))
})

function readAs(text: string, most?: number): string {
  const path = join(folder, 'text')
  writeFileSync(path, text)
  const descriptor = openSync(path, 'r')
  try {
    return readInput(descriptor, most)
  } finally {
    closeSync(descriptor)
  }
}

it.each(['', 'x', 'ä'.repeat(70_000), 'x'.repeat(65_536)])('%.5s is read whole', (text) => {
  expect(readAs(text)).toBe(text)
})

it('more than so many octets are refused', () => {
  expect(readAs('x'.repeat(100_000), 100_000)).toHaveLength(100_000)
  expect(() => readAs('x'.repeat(100_001), 100_000)).toThrow(expect.objectContaining({ code: 5 }))
})
