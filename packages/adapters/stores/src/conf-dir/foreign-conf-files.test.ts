import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { foreignConfFiles } from '../index.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'foreign-'))
})

it('files of the folder and of the namespace are read, those that are too large are faults', async () => {
  mkdirSync(join(dir, 'ns'))
  writeFileSync(join(dir, 'a.json'), '{}')
  writeFileSync(join(dir, 'b.lock'), '')
  writeFileSync(join(dir, 'c.json'), 'x'.repeat(256 * 1024 + 1))
  writeFileSync(join(dir, 'ns', 'd.conflist'), 'y'.repeat(256 * 1024))
  expect(await foreignConfFiles(dir, 'ns')).toMatchObject([
    { file: join(dir, 'a.json'), text: '{}' },
    { file: join(dir, 'c.json'), error: { code: 5 } },
    { file: join(dir, 'ns', 'd.conflist'), text: expect.any(String) },
  ])
})

it('a folder of more than a thousand files is refused, and none is read', async () => {
  for (let index = 0; index <= 1000; index += 1) writeFileSync(join(dir, `${index}.json`), '')
  await expect(foreignConfFiles(dir, 'default')).rejects.toMatchObject({ code: 7 })
})

it('a missing folder has no files', async () => {
  expect(await foreignConfFiles(join(dir, 'missing'), 'default')).toEqual([])
})
