import {
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { writeInPlace } from './index.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
  path = join(folder, 'hosts')
})

describe('writeInPlace', () => {
  it.each([
    ['', 'a\n'],
    ['a\n', ''],
    ['one\ntwo\n', 'one\n2\ntwo\n'],
    ['one\ntwo\nthree\n', 'one\nthree\n'],
    ['aXc', 'aYc'],
    ['abc', 'abcabc'],
    ['aaaa', 'aa'],
    ['é\n', 'è\n'],
  ])('turns %j into %j and keeps the inode', async (before, after) => {
    writeFileSync(path, before)
    const { ino } = statSync(path)
    expect(await writeInPlace(path, after)).toBe(true)
    expect(readFileSync(path, 'utf8')).toBe(after)
    expect(statSync(path).ino).toBe(ino)
  })

  it('grows and shrinks over several pages', async () => {
    const long = 'line\n'.repeat(20_000)
    writeFileSync(path, 'x')
    for (const text of [long, 'x', `${long}more\n`, long, '']) {
      expect(await writeInPlace(path, text)).toBe(true)
      expect(readFileSync(path, 'utf8')).toBe(text)
    }
  })

  it('gives a file that a container has filled its text, and reads nothing of it', async () => {
    writeFileSync(path, 'x'.repeat(100))
    truncateSync(path, 2 ** 33)
    const { ino } = statSync(path)
    expect(await writeInPlace(path, 'one\n')).toBe(true)
    expect(readFileSync(path, 'utf8')).toBe('one\n')
    expect(statSync(path).ino).toBe(ino)
  })

  it('does nothing when the text is the same', async () => {
    writeFileSync(path, 'same\n')
    utimesSync(path, 1, 1)
    expect(await writeInPlace(path, 'same\n')).toBe(false)
    expect(statSync(path).mtimeMs).toBe(1000)
  })

  it('makes no file', async () => {
    await expect(writeInPlace(path, 'x')).rejects.toMatchObject({
      code: 5,
      message: `cannot write in place ${path}`,
    })
    expect(() => statSync(path)).toThrow('ENOENT')
  })

  it('follows no symbolic link', async () => {
    writeFileSync(join(folder, 'target'), 'kept')
    symlinkSync('target', path)
    await expect(writeInPlace(path, 'x')).rejects.toMatchObject({
      code: 5,
      hint: 'Remove the symbolic link at that path.',
    })
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('kept')
  })

  it('refuses a folder', async () => {
    await expect(writeInPlace(folder, 'x')).rejects.toMatchObject({ code: 5 })
  })

  it('never shows a file shorter than both texts, nor one without its first line', async () => {
    const texts = [10, 12, 3].map((lines) => `first\n${'10.0.0.1 a\n'.repeat(lines)}`)
    const shortest = Math.min(...texts.map((text) => text.length))
    writeFileSync(path, texts[0] ?? '')
    let writing = true
    const reading = (async () => {
      while (writing) {
        const seen = readFileSync(path, 'utf8')
        expect(seen.length).toBeGreaterThanOrEqual(shortest)
        expect(seen).toMatch(/^first\n/)
        await new Promise(setImmediate)
      }
    })()
    for (let i = 0; i < 60; i += 1) await writeInPlace(path, texts[i % 3] ?? '')
    writing = false
    await reading
  })
})
