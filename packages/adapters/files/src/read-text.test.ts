import { execFileSync } from 'node:child_process'
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { readText } from './index.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'))
})

describe('readText', () => {
  it('gives the text, through a symbolic link too', async () => {
    writeFileSync(join(folder, 'a'), 'é\n'.repeat(10_000))
    symlinkSync('a', join(folder, 'b'))
    expect(await readText(join(folder, 'b'))).toBe('é\n'.repeat(10_000))
  })

  it('gives an empty text for an empty file and undefined for none', async () => {
    writeFileSync(join(folder, 'a'), '')
    expect(await readText(join(folder, 'a'))).toBe('')
    expect(await readText(join(folder, 'b'))).toBeUndefined()
  })

  it('keeps a byte order mark, and makes U+FFFD of what is not UTF-8', async () => {
    writeFileSync(join(folder, 'a'), Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0xff]))
    expect(await readText(join(folder, 'a'))).toBe('\ufeffa\ufffd')
  })

  it('reads a file of /proc, which says size 0', async () => {
    expect(await readText('/proc/self/mountinfo')).toMatch(/ \/ /)
  })

  it('reads as much as the limit and refuses one octet more', async () => {
    writeFileSync(join(folder, 'a'), '12345')
    expect(await readText(join(folder, 'a'), 5)).toBe('12345')
    await expect(readText(join(folder, 'a'), 4)).rejects.toMatchObject({
      code: 5,
      message: `cannot read ${join(folder, 'a')}: it is larger than 4 octets`,
    })
  })

  it.each(['fifo', 'folder', 'device'])('refuses a %s without waiting', async (kind) => {
    const path = kind === 'folder' ? folder : kind === 'device' ? '/dev/zero' : join(folder, 'fifo')
    if (kind === 'fifo') execFileSync('mkfifo', [path])
    await expect(readText(path)).rejects.toMatchObject({
      code: 5,
      message: `cannot read ${path}: it is not a regular file`,
    })
  })

  it('names the path of what it cannot open', async () => {
    symlinkSync('loop', join(folder, 'loop'))
    await expect(readText(join(folder, 'loop'))).rejects.toMatchObject({
      code: 5,
      message: `cannot read ${join(folder, 'loop')}`,
      hint: 'Remove the symbolic link at that path.',
    })
  })
})
