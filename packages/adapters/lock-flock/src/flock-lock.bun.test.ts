// The executable runs on bun, where another way of waiting is taken: the same tests hold there.
import './flock-lock.test.ts'
import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('these tests run on bun', () => {
  expect(process.versions).toHaveProperty('bun')
})

it('bun runs no other program to take a lock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flock-'))
  const program = `
    import { flockLock } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    await flockLock().hold(process.argv.at(-1), async () => console.log('held'))`
  const args = ['-e', program, join(folder, 'lock')]
  const run = spawnSync(process.execPath, args, { env: { PATH: '/nowhere' }, encoding: 'utf8' })
  expect(run).toMatchObject({ status: 0, stdout: 'held\n', stderr: '' })
})
