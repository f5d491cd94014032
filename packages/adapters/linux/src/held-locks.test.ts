import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { heldByOthers } from './held-locks.ts'

it('are the files that another process holds, for as long as it does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-locks-'))
  await writeFile(join(folder, 'free'), '')
  const holder = spawn('flock', [join(folder, 'held'), 'sh', '-c', 'echo; exec cat'])
  await once(holder.stdout, 'data')
  expect(await heldByOthers(folder)).toEqual(['held'])
  holder.stdin.end()
  await once(holder, 'close')
  expect(await heldByOthers(folder)).toEqual([])
})

it('are none where there is no folder', async () => {
  expect(await heldByOthers('/nowhere')).toEqual([])
})
