import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  isExecutable,
  namesIn,
  openFilesOf,
  readOctets,
  readTextOf,
  statusOf,
  targetOf,
} from './libc-in-bun.ts'
import { findRuntime } from './real-runtime.ts'

const folder = mkdtempSync(join(tmpdir(), 'libc-in-bun-'))
const at = (name: string) => join(folder, name)

beforeAll(() => {
  writeFileSync(at('file'), '\ufeffé')
  writeFileSync(at('long'), 'x'.repeat(200_000))
  execFileSync('mkfifo', [at('fifo')])
  symlinkSync('/dev/zero', at('device'))
  mkdirSync(at('folder'))
  symlinkSync('circle', at('circle'))
  writeFileSync(at('large'), '')
  truncateSync(at('large'), 2 ** 36)
})
afterAll(() => rmSync(folder, { recursive: true }))

it('a text is read octet by octet, and one of /proc to its end', () => {
  expect(readTextOf(at('file'))).toBe(readFileSync(at('file'), 'utf8'))
  expect(readTextOf(at('long'))).toHaveLength(200_000)
  expect(readTextOf('/proc/self/uid_map')).toBe(readFileSync('/proc/self/uid_map', 'utf8'))
  expect(readOctets(at('long'), 199_999)).toHaveLength(1)
})

it('a missing file is undefined', () => {
  for (const read of [readTextOf, statusOf, readOctets]) expect(read(at('gone'))).toBeUndefined()
  expect([targetOf(at('file')), namesIn(at('gone'))]).toEqual([undefined, []])
})

it.each(['fifo', 'device', 'folder', 'circle', 'large'])(
  'a %s is neither waited for nor read',
  (name) => {
    expect(() => readTextOf(at(name))).toThrowError(expect.objectContaining({ code: 5 }))
  },
)

it('a file has the status that stat(2) gives', () => {
  const status = statusOf(at('large'))
  expect(status).toMatchObject({ isRegular: true, size: statSync(at('large')).size })
  expect(statusOf(at('device'))?.isRegular).toBe(false)
  expect(status?.identity).not.toBe(statusOf(at('file'))?.identity)
})

it('a folder is listed, and a link has its target', () => {
  expect([...namesIn(folder)].sort()).toEqual(
    ['.', '..', 'circle', 'device', 'fifo', 'file', 'folder', 'large', 'long'].sort(),
  )
  expect(targetOf(at('device'))).toBe('/dev/zero')
})

it('limits of open files are told', () => {
  expect(openFilesOf(0)).toEqual(openFilesOf(process.pid))
  expect(openFilesOf(2 ** 30)).toBeUndefined()
})

it('the first program of this name on PATH is the runtime, but this one', () => {
  const own = process.execPath
  writeFileSync(at('folder/runtime'), '')
  expect([isExecutable('/bin/sh'), isExecutable(at('folder/runtime'))]).toEqual([true, false])
  mkdirSync(at('own'))
  symlinkSync(own, at('own/sh'))
  expect(findRuntime('sh', `${at('own')}:${folder}:/bin`)).toBe('/bin/sh')
  expect(() => findRuntime('sh', at('own'))).toThrowError(expect.objectContaining({ code: 100 }))
  expect(() => findRuntime('runtime', at('folder'))).toThrowError(
    expect.objectContaining({ code: 100 }),
  )
})
