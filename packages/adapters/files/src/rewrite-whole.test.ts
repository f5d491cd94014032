import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { rewriteWhole } from './index.ts'
import { pidNamespace } from './pid-namespace.ts'

it('a file is replaced with its mode, and what a killed process left beside it goes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-rewrite-'))
  const file = join(folder, 'config.json')
  await writeFile(file, 'old', { mode: 0o640 })
  // Above the kernel's largest pid: no such process can be.
  await writeFile(join(folder, `.tmp-4194305-${pidNamespace()}-1`), 'half')
  await rewriteWhole(file, 'new')
  expect(await readdir(folder)).toEqual(['config.json'])
  expect([await readFile(file, 'utf8'), (await stat(file)).mode & 0o777]).toEqual(['new', 0o640])
})

it('a missing one is an error, and nothing is made', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-rewrite-'))
  await expect(rewriteWhole(join(folder, 'config.json'), 'new')).rejects.toMatchObject({ code: 5 })
  expect(await readdir(folder)).toEqual([])
})
