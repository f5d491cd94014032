import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createWhole, writeWhole } from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
})

const mode = (path: string) => (statSync(path).mode & 0o7777).toString(8)

describe('writeWhole', () => {
  it('replaces the text, the mode and the inode, and leaves nothing else', async () => {
    const path = join(folder, 'a')
    writeFileSync(path, 'old')
    const { ino } = statSync(path)
    await writeWhole(path, 'new', { mode: 0o600 })
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(mode(path)).toBe('600')
    expect(statSync(path).ino).not.toBe(ino)
    expect(readdirSync(folder)).toEqual(['a'])
  })

  it('replaces a symbolic link and leaves its target alone', async () => {
    writeFileSync(join(folder, 'target'), 'kept')
    symlinkSync('target', join(folder, 'a'))
    await writeWhole(join(folder, 'a'), 'new', { mode: 0o600 })
    expect(readFileSync(join(folder, 'target'), 'utf8')).toBe('kept')
    expect(lstatSync(join(folder, 'a')).isSymbolicLink()).toBe(false)
  })

  it('replaces an empty folder, and leaves one that holds something', async () => {
    mkdirSync(join(folder, 'a'))
    await writeWhole(join(folder, 'a'), 'new', { mode: 0o600 })
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('new')
    mkdirSync(join(folder, 'b/kept'), { recursive: true })
    const cause = { code: 'EISDIR' }
    await expect(writeWhole(join(folder, 'b'), 'new', { mode: 0o600 })).rejects.toMatchObject({
      ...{ code: 5, cause },
    })
    expect(readdirSync(folder).toSorted()).toEqual(['a', 'b'])
  })

  it('gives the mode that was asked for under any umask', () => {
    const program = `
      import { writeWhole } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
      process.umask(0o077)
      await writeWhole(${JSON.stringify(join(folder, 'a'))}, 'x', { mode: 0o644 })`
    execFileSync(process.execPath, evaluate(program))
    expect(mode(join(folder, 'a'))).toBe('644')
  })

  it('passes over temporary files that another process of this number left, or is writing', async () => {
    await writeWhole(join(folder, 'a'), 'x', { mode: 0o600 })
    for (let number = 1; number < 200; number += 1)
      writeFileSync(join(folder, `.tmp-${process.pid}-${number}`), 'theirs')
    await writeWhole(join(folder, 'b'), 'ours', { mode: 0o600 })
    expect(readFileSync(join(folder, 'b'), 'utf8')).toBe('ours')
    const theirs = readdirSync(folder).filter((name) => name.startsWith('.tmp-'))
    expect(theirs).toHaveLength(199)
    expect(theirs.every((name) => readFileSync(join(folder, name), 'utf8') === 'theirs')).toBe(true)
  })

  it('takes a name of 255 octets', async () => {
    const path = join(folder, 'n'.repeat(255))
    await writeWhole(path, 'x', { mode: 0o600 })
    expect(readFileSync(path, 'utf8')).toBe('x')
  })

  it('leaves no temporary file when it fails', async () => {
    mkdirSync(join(folder, 'taken/kept'), { recursive: true })
    await expect(writeWhole(join(folder, 'taken'), 'x', { mode: 0o600 })).rejects.toMatchObject({
      code: 5,
      message: `cannot write ${join(folder, 'taken')}`,
      hint: 'Remove the folder: a file belongs there.',
    })
    expect(readdirSync(folder)).toEqual(['taken'])
  })

  it('names the path when the folder is missing', async () => {
    await expect(writeWhole(join(folder, 'no', 'a'), 'x', { mode: 0o600 })).rejects.toMatchObject({
      code: 5,
      message: `cannot write ${join(folder, 'no', 'a')}`,
      hint: 'Make the folder that is to hold it.',
    })
  })

  it('shows every reader one whole text', async () => {
    const path = join(folder, 'a')
    const texts = ['a'.repeat(50_000), 'b'.repeat(70_000)]
    await writeWhole(path, texts[0] ?? '', { mode: 0o600 })
    const writing = Promise.all(
      Array.from({ length: 40 }, (_, i) => writeWhole(path, texts[i % 2] ?? '', { mode: 0o600 })),
    )
    for (let i = 0; i < 100; i += 1) {
      expect(texts).toContain(readFileSync(path, 'utf8'))
      await new Promise(setImmediate)
    }
    await writing
    expect(readdirSync(folder)).toEqual(['a'])
  })
})

describe('createWhole', () => {
  it('makes the file once: of many that try, one succeeds', async () => {
    const path = join(folder, 'a')
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, i) => createWhole(path, `${i}`, { mode: 0o640 })),
    )
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(readFileSync(path, 'utf8')).toBe(`${outcomes.indexOf(true)}`)
    expect(mode(path)).toBe('640')
    expect(readdirSync(folder)).toEqual(['a'])
  })

  it('takes a dangling symbolic link for something that is there', async () => {
    symlinkSync('nowhere', join(folder, 'a'))
    expect(await createWhole(join(folder, 'a'), 'x', { mode: 0o600 })).toBe(false)
    expect(readdirSync(folder)).toEqual(['a'])
  })

  it('takes the place of an empty folder, and of none that holds something', async () => {
    for (const name of ['a', 'b/kept']) mkdirSync(join(folder, name), { recursive: true })
    expect(await createWhole(join(folder, 'a'), 'x', { mode: 0o600 })).toBe(true)
    expect(await createWhole(join(folder, 'b'), 'x', { mode: 0o600 })).toBe(false)
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('x')
  })

  it('leaves what is there as it is', async () => {
    writeFileSync(join(folder, 'a'), 'kept')
    chmodSync(join(folder, 'a'), 0o604)
    expect(await createWhole(join(folder, 'a'), 'x', { mode: 0o600 })).toBe(false)
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('kept')
    expect(mode(join(folder, 'a'))).toBe('604')
  })
})

function evaluate(program: string): string[] {
  return 'bun' in process.versions
    ? ['-e', program]
    : ['--input-type=module-typescript', '-e', program]
}
