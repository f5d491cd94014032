import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readOwn } from './index.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
  path = join(folder, 'record')
})

describe('readOwn', () => {
  it('gives the text of a file, and undefined for none, below a file as well', () => {
    expect(readOwn(path)).toBeUndefined()
    writeFileSync(path, 'é')
    expect(readOwn(path)).toBe('é')
    expect(readOwn(join(path, 'below'))).toBeUndefined()
  })

  const oddities: Readonly<Record<string, () => unknown>> = {
    'a FIFO': () => execFileSync('mkfifo', [path]),
    'a folder': () => mkdirSync(path),
    'a link to a device that never ends': () => symlinkSync('/dev/zero', path),
    'a link to itself': () => symlinkSync(path, path),
    'a link to another file': () => symlinkSync('/etc/passwd', path),
    'a file larger than any of ours': () => {
      writeFileSync(path, '')
      truncateSync(path, 17 * 1024 * 1024)
    },
  }
  it.each(Object.keys(oddities))('gives an empty text for %s, without waiting', (kind) => {
    oddities[kind]?.()
    expect(readOwn(path)).toBe('')
  })

  it('gives an empty text for a socket', async () => {
    const server = createServer()
    await new Promise<void>((done) => server.listen(path, done))
    expect(readOwn(path)).toBe('')
    await new Promise((done) => server.close(done))
  })
})
