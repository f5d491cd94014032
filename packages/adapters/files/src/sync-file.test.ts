import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { syncFile } from './index.ts'

it('flushes a file, is content with one that is gone, and names one that cannot be flushed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-sync-'))
  await writeFile(join(folder, 'a'), 'x')
  await syncFile(join(folder, 'a'))
  await syncFile(join(folder, 'gone'))
  await expect(syncFile(join(folder, 'a/b'))).rejects.toMatchObject({
    code: 5,
    message: expect.stringContaining(join(folder, 'a/b')),
  })
})
