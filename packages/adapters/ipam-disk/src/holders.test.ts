import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Holders, openHolders } from './holders.ts'

let dir: string
let folder: string
let index: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'vethra-holders-'))
  folder = join(dir, 'lan')
  index = join(dir, 'index', '1')
  mkdirSync(folder)
})

function withHolders<T>(work: (holders: Holders) => T): T {
  const holders = openHolders(folder, index)
  try {
    return work(holders)
  } finally {
    holders.close()
  }
}
const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
const find = (text: string) => withHolders((holders) => holders.find(text))
/** Adds as a store does: the file, then the word to the index. */
const add = (name: string, text: string) =>
  withHolders((holders) => {
    put(name, text)
    holders.added(text, name)
  })
describe('openHolders', () => {
  it('finds exact texts, trimmed, of files named by an address', () => {
    put('10.4.0.10', 'a\r\neth0')
    put('10.4.0.9', ' a\r\neth0\n')
    put('fd00::2', 'a\r\neth0')
    put('10.4.0.3', 'a\r\neth1')
    put('notes', 'a\r\neth0')
    put('last_reserved_ip.0', 'a\r\neth0')
    expect(find('a\r\neth0')).toEqual(['10.4.0.10', '10.4.0.9', 'fd00::2'])
    expect(find('a')).toEqual([])
  })

  it('reads no file again while the folder is as it was', () => {
    for (let number = 0; number < 200; number += 1) put(`10.4.0.${number}`, `c${number}\r\neth0`)
    expect(find('c7\r\neth0')).toEqual(['10.4.0.7'])
    // Written over in place, which the folder's time does not tell: who reads the files finds it.
    writeFileSync(join(folder, '10.4.0.8'), 'other\r\neth0')
    expect(find('other\r\neth0')).toEqual([])
    expect(find('c7\r\neth0')).toEqual(['10.4.0.7'])
  })

  it('sees every change that others make, at once', () => {
    for (let round = 0; round < 50; round += 1) {
      add('10.4.0.2', 'a\r\neth0')
      put('10.4.0.3', 'b\r\neth0')
      expect(find('b\r\neth0')).toEqual(['10.4.0.3'])
      unlinkSync(join(folder, '10.4.0.2'))
      expect(find('a\r\neth0')).toEqual([])
      renameSync(join(folder, '10.4.0.3'), join(folder, '10.4.0.4'))
      expect(find('b\r\neth0')).toEqual(['10.4.0.4'])
      unlinkSync(join(folder, '10.4.0.4'))
    }
  })

  it('never answers with a file that holds something else', () => {
    put('10.4.0.2', 'a\r\neth0')
    expect(find('a\r\neth0')).toEqual(['10.4.0.2'])
    writeFileSync(join(folder, '10.4.0.2'), 'b\r\neth0')
    expect(find('a\r\neth0')).toEqual([])
    expect(find('b\r\neth0')).toEqual(['10.4.0.2'])
  })

  it('keeps up with additions and removals far beyond its first size', () => {
    const model = new Map<string, string>()
    find('nothing')
    for (let number = 0; number < 3000; number += 1) {
      const name = `10.4.${number >> 8}.${number & 255}`
      const text = `c${number}\r\neth0`
      if (number % 3 === 2) {
        const [gone = '', held = ''] = [...model][0] ?? []
        withHolders((holders) => {
          unlinkSync(join(folder, gone))
          holders.removed(held, gone)
        })
        model.delete(gone)
      } else {
        add(name, text)
        model.set(name, text)
      }
    }
    withHolders((holders) => {
      for (const [name, text] of model) expect(holders.find(text)).toEqual([name])
    })
    expect(readdirSync(join(dir, 'index'))).toEqual(['1'])
  })

  it.each<[string, () => void]>([
    ['empty', () => truncateSync(index, 0)],
    ['cut off', () => truncateSync(index, 100)],
    ['full of other octets', () => writeFileSync(index, Buffer.alloc(10_000, 0xff))],
    ['gone', () => unlinkSync(index)],
  ])('does without an index that is %s', (_, damage) => {
    put('10.4.0.2', 'a\r\neth0')
    find('a\r\neth0')
    damage()
    expect(find('a\r\neth0')).toEqual(['10.4.0.2'])
    expect(find('b\r\neth0')).toEqual([])
  })

  it('follows no link in the place of the index, and does without one that it can not write', () => {
    const secret = join(dir, 'secret')
    writeFileSync(secret, 'secret')
    mkdirSync(join(dir, 'index'))
    symlinkSync(secret, index)
    put('10.4.0.2', 'a\r\neth0')
    expect(find('a\r\neth0')).toEqual(['10.4.0.2'])
    expect(readFileSync(secret, 'utf8')).toBe('secret')
    rmSync(join(dir, 'index'), { recursive: true })
    writeFileSync(join(dir, 'index'), '')
    expect(find('a\r\neth0')).toEqual(['10.4.0.2'])
    expect(existsSync(index)).toBe(false)
  })

  it('is not believed after a writer died between the folder and the index', () => {
    put('10.4.0.2', 'a\r\neth0')
    find('a\r\neth0')
    // No close: the writer was killed.
    openHolders(folder, index)
    put('10.4.0.3', 'b\r\neth0')
    expect(find('b\r\neth0')).toEqual(['10.4.0.3'])
  })
})
