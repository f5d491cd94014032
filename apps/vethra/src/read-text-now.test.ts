import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import { readConfigNow, readTextNow } from './read-text-now.ts'

const folder = mkdtempSync(join(tmpdir(), 'read-text-now-'))
const at = (name: string) => join(folder, name)

beforeAll(() => {
  writeFileSync(at('file'), 'é')
  execFileSync('mkfifo', [at('fifo')])
  symlinkSync('/dev/zero', at('device'))
  mkdirSync(at('folder'))
  symlinkSync('circle', at('circle'))
  writeFileSync(at('large'), '')
  truncateSync(at('large'), 2 ** 36)
})

it('a file is read, one of /proc too', () => {
  expect([readTextNow(at('file')), readConfigNow(at('file'))]).toEqual(['é', 'é'])
  expect(readTextNow('/proc/self/uid_map')).toMatch(/\d/)
})

it('a missing one is undefined, or empty', () => {
  expect([readTextNow(at('gone')), readConfigNow(at('gone'))]).toEqual([undefined, ''])
})

it.each(['fifo', 'device', 'folder', 'circle'])('a %s is neither waited for nor read', (name) => {
  expect(() => readTextNow(at(name))).toThrowError(expect.objectContaining({ code: 5 }))
  expect(readConfigNow(at(name))).toBe('')
})

it.each([readTextNow, readConfigNow])('a large one is refused: %o', (read) => {
  expect(() => read(at('large'))).toThrowError(expect.objectContaining({ code: 5 }))
})
