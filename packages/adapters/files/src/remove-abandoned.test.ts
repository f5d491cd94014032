import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { removeAbandoned } from './index.ts'
import { pidNamespace } from './pid-namespace.ts'

it('takes temporary files of processes that are gone, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-abandoned-'))
  const here = pidNamespace()
  const alive = `.tmp-${process.pid}-${here}-1`
  // Above the kernel's largest pid: no such process can be.
  const elsewhere = '.tmp-4194305-1-1'
  const kept = [alive, elsewhere, '.tmp-lifecycle.json123', 'kept']
  for (const name of [...kept, `.tmp-4194305-${here}-1`]) await writeFile(join(folder, name), '')
  await removeAbandoned(folder)
  expect((await readdir(folder)).sort()).toEqual(kept.sort())
  await removeAbandoned(folder)
})
