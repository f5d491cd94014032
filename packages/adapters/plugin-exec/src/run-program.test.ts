import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runProgram } from './programs.ts'

describe(`runProgram under ${'bun' in process.versions ? 'bun' : 'Node'}`, () => {
  it('gives the status and what was printed, input included', async () => {
    const outcome = await runProgram('sh', ['-c', 'cat; echo no >&2; exit 3'], 'é∞')
    expect(outcome).toEqual({ status: 3, stdout: 'é∞', stderr: 'no\n' })
  })

  it('runs a program in /', async () => {
    expect(await runProgram('pwd', [])).toMatchObject({ status: 0, stdout: '/\n' })
  })

  it('says -1 of a program that a signal ended', async () => {
    expect(await runProgram('sh', ['-c', 'kill -9 $$'])).toMatchObject({ status: -1 })
  })

  it('is content with a program that reads nothing', async () => {
    const outcome = await runProgram('true', [], 'x'.repeat(2_000_000))
    expect(outcome).toMatchObject({ status: 0 })
  })

  it('takes a long answer whole', async () => {
    const outcome = await runProgram('sh', ['-c', 'head -c 5000000 /dev/zero | tr "\\0" x'])
    expect(outcome?.stdout).toHaveLength(5_000_000)
  })

  it('finds none that is nowhere', async () => {
    expect(await runProgram('no-such-program', [])).toBeUndefined()
  })

  it('names one that cannot be started', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vethra-programs-'))
    const file = join(folder, 'x')
    await writeFile(file, '#!/bin/sh\n')
    await chmod(file, 0o644)
    await expect(runProgram(file, [])).rejects.toMatchObject({
      code: 5,
      message: `cannot start ${file}`,
    })
  })
})
