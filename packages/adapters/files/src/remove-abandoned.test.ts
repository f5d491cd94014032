import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { removeAbandoned } from './index.ts'

it('takes temporary files of processes that are gone, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-abandoned-'))
  const uuid = crypto.randomUUID()
  const alive = `.tmp-${process.pid}-${uuid}`
  // Above the kernel's largest pid: no such process can be.
  for (const name of [alive, `.tmp-4194305-${uuid}`, '.tmp-lifecycle.json123', 'kept']) {
    await writeFile(join(folder, name), '')
  }
  await removeAbandoned(folder)
  expect((await readdir(folder)).sort()).toEqual([alive, '.tmp-lifecycle.json123', 'kept'].sort())
  await rm(folder, { recursive: true })
  await removeAbandoned(folder)
})
