import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { findPlugin, pluginFile } from './find-plugin.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'vethra-find-'))
  mkdirSync(join(dir, 'a/x'), { recursive: true })
  writeFileSync(join(dir, 'x'), '')
  symlinkSync('x', join(dir, 'linked'))
  symlinkSync('circle', join(dir, 'circle'))
})

describe('pluginFile', () => {
  it.each([
    ['x', 'x'],
    ['linked', 'linked'],
    ['a', undefined],
    ['circle', undefined],
    ['missing', undefined],
  ])('of %s is the first regular file in the folders: %j', (type, found) => {
    const path = ['/nowhere', join(dir, 'a'), dir]
    expect(pluginFile(type, path)).toBe(found === undefined ? undefined : join(dir, found))
  })

  it('throws CniError 100 for a type that is no name', () => {
    expect(() => pluginFile('../x', [dir])).toThrow(expect.objectContaining({ code: 100 }))
  })
})

describe('findPlugin', () => {
  it('throws CniError 100 for a plugin that is nowhere', () => {
    expect(findPlugin('x', [dir])).toBe(join(dir, 'x'))
    expect(() => findPlugin('missing', [dir])).toThrow(expect.objectContaining({ code: 100 }))
  })
})
