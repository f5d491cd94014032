import { chmodSync, mkdtempSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { accessOf } from './file-system.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'access-'))
})

it('a folder is told with its owner and its permission bits', async () => {
  chmodSync(folder, 0o775)
  expect(await accessOf(folder)).toEqual({ isOwn: true, mode: 0o775 })
})

it('of what is missing, or cannot be reached, nothing is told', async () => {
  symlinkSync(join(folder, 'loop'), join(folder, 'loop'))
  for (const each of ['missing', 'loop', 'loop/below'])
    expect(await accessOf(join(folder, each))).toBe(undefined)
})

it('a path that no system takes is an error that names it', async () => {
  const path = join(folder, 'x'.repeat(300))
  const message = expect.stringContaining(path)
  await expect(accessOf(path)).rejects.toMatchObject({ code: 5, message })
})
