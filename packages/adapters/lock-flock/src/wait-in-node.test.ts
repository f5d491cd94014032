import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'

it('Node without flock(1) is told what to install', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flock-'))
  const program = `
    import { flockLock } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)}
    const outcome = flockLock().hold(process.argv.at(-1), async () => 'held')
    console.log(await outcome.catch(({ code, hint }) => code + ': ' + hint))`
  const args = ['--input-type=module-typescript', '-e', program, join(folder, 'lock')]
  const run = spawnSync(process.execPath, args, { env: { PATH: '/nowhere' }, encoding: 'utf8' })
  expect(run.stdout).toBe('100: Install flock(1) of util-linux, which Node needs to take a lock.\n')
})
