import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { pendingSync } from './index.ts'

it('waits for what was started, is content with a file that is gone, and names one that cannot be flushed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-sync-'))
  await writeFile(join(folder, 'a'), 'x')
  const sync = pendingSync()
  sync.add(join(folder, 'a'))
  sync.add(join(folder, 'gone'))
  await sync.flush()
  sync.add(join(folder, 'a/b'))
  await expect(sync.flush()).rejects.toMatchObject({
    code: 5,
    message: expect.stringContaining(join(folder, 'a/b')),
  })
  await sync.flush()
})
