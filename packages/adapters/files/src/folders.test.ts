import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  appendText,
  byOctets,
  listFolder,
  listFolders,
  makeFolder,
  removeFile,
  removeFolder,
} from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
})

const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8)

describe('makeFolder', () => {
  it('makes what is missing with the mode asked for, and keeps the mode of what exists', async () => {
    mkdirSync(join(folder, 'a'), { mode: 0o701 })
    await makeFolder(join(folder, 'a', 'b', 'c'), 0o777)
    expect(['a', 'a/b', 'a/b/c'].map((path) => mode(join(folder, path)))).toEqual([
      '701',
      '777',
      '777',
    ])
    await makeFolder(join(folder, 'a', 'b'), 0o700)
    expect(mode(join(folder, 'a', 'b'))).toBe('777')
  })

  it('may be asked by many at once', async () => {
    const path = join(folder, 'a', 'b', 'c')
    await Promise.all(Array.from({ length: 20 }, () => makeFolder(path, 0o700)))
    expect(mode(path)).toBe('700')
  })

  it.each(['file', 'file/below', 'dangling', 'dangling/below'])('refuses %s', async (name) => {
    writeFileSync(join(folder, 'file'), '')
    symlinkSync('nowhere', join(folder, 'dangling'))
    await expect(makeFolder(join(folder, name), 0o700)).rejects.toMatchObject({
      code: 5,
      message: `cannot make the folder ${join(folder, name)}`,
    })
  })

  it('refuses an empty path', async () => {
    await expect(makeFolder('', 0o700)).rejects.toMatchObject({ code: 5 })
  })
})

describe('listFolder', () => {
  it('orders names by their octets and leaves out what a killed writer left', async () => {
    // In UTF-16, the order of JavaScript, U+1F600 comes before U+FFFD.
    for (const name of ['\u{1f600}', '\ufffd', 'b', 'B', '.tmp-x', '.hidden'])
      writeFileSync(join(folder, name), '')
    mkdirSync(join(folder, 'a'))
    symlinkSync('a', join(folder, 'link'))
    expect(await listFolder(folder)).toEqual([
      '.hidden',
      'B',
      'a',
      'b',
      'link',
      '\ufffd',
      '\u{1f600}',
    ])
    expect(await listFolders(folder)).toEqual(['a'])
  })

  it('is empty when there is no folder, and fails on a file', async () => {
    expect(await listFolder(join(folder, 'no'))).toEqual([])
    writeFileSync(join(folder, 'file'), '')
    await expect(listFolder(join(folder, 'file'))).rejects.toMatchObject({
      code: 5,
      hint: 'Name a folder, or remove the file that is in its place.',
    })
  })
})

describe('removeFile and removeFolder', () => {
  it('say whether something was there', async () => {
    mkdirSync(join(folder, 'a', 'b'), { recursive: true })
    writeFileSync(join(folder, 'a', 'b', 'c'), '')
    expect(await removeFile(join(folder, 'a', 'b', 'c'))).toBe(true)
    expect(await removeFile(join(folder, 'a', 'b', 'c'))).toBe(false)
    expect(await removeFolder(join(folder, 'a'))).toBe(true)
    expect(await removeFolder(join(folder, 'a'))).toBe(false)
  })

  it('leave alone what a symbolic link names', async () => {
    mkdirSync(join(folder, 'a'))
    mkdirSync(join(folder, 'kept'))
    symlinkSync('../kept', join(folder, 'a', 'link'))
    expect(await removeFolder(join(folder, 'a'))).toBe(true)
    symlinkSync('kept', join(folder, 'link'))
    expect(await removeFile(join(folder, 'link'))).toBe(true)
    expect(existsSync(join(folder, 'kept'))).toBe(true)
  })

  it('removeFile removes an empty folder in place of a file, and leaves one that holds something', async () => {
    mkdirSync(join(folder, 'one/two'), { recursive: true })
    expect(await removeFile(join(folder, 'one'))).toBe(false)
    expect(await removeFile(join(folder, 'one/two'))).toBe(true)
  })
})

describe('appendText', () => {
  it('adds to the end, and makes a missing file', async () => {
    const path = join(folder, 'log')
    await appendText(path, 'a\n', { mode: 0o600 })
    await appendText(path, 'b\n', { mode: 0o644 })
    expect(readFileSync(path, 'utf8')).toBe('a\nb\n')
    expect(mode(path)).toBe('600')
  })

  it('follows no symbolic link', async () => {
    symlinkSync('target', join(folder, 'log'))
    await expect(appendText(join(folder, 'log'), 'a', { mode: 0o600 })).rejects.toMatchObject({
      code: 5,
    })
    expect(existsSync(join(folder, 'target'))).toBe(false)
  })
})

describe('byOctets', () => {
  it('orders as the octets of UTF-8 do, and leaves what it was given as it was', () => {
    const texts = ['\u{1f600}', 'b', '\uffee', 'B', 'a', '']
    expect(byOctets(texts)).toEqual(['', 'B', 'a', 'b', '\uffee', '\u{1f600}'])
    expect(texts[0]).toBe('\u{1f600}')
    expect(byOctets(['b', 'a'])).toEqual(['a', 'b'])
  })
})
