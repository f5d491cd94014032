import { chmodSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { accessOf, openWithin, whatIsAt } from './file-system.ts'

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

it('what all may write to is found at any depth, and links are passed over', async () => {
  const [below, file] = [join(folder, 'below'), join(folder, 'below/record')]
  mkdirSync(below)
  writeFileSync(file, '')
  symlinkSync('/tmp', join(folder, 'link'))
  expect(await openWithin(folder)).toEqual([])
  chmodSync(file, 0o666)
  expect(await openWithin(folder)).toEqual([{ path: file, access: { isOwn: true, mode: 0o666 } }])
  expect(await openWithin(join(folder, 'missing'))).toEqual([])
})

it('what is at a path is told in words', async () => {
  const at = (name: string) => join(folder, name)
  writeFileSync(at('file'), 'x')
  writeFileSync(at('empty'), '')
  mkdirSync(at('folder'))
  symlinkSync(at('file'), at('link'))
  symlinkSync(at('folder'), at('way'))
  symlinkSync(at('loop'), at('loop'))
  const names = ['file', 'folder', 'link', 'way', 'loop', 'missing', 'file/below', 'empty']
  const seen = await whatIsAt(names.map(at))
  expect(seen.map(({ path }) => path)).toEqual(names.map(at))
  expect(seen.map(({ what }) => what)).toEqual([
    ...['a file', 'a folder', 'a symbolic link', 'a link to a folder', 'a symbolic link'],
    ...['nothing', 'nothing', 'an empty file'],
  ])
})
