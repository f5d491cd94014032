import { chmod, mkdir, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describePluginRunner, type RunnerLimits, type RunnerSubject } from '@vethra/world-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findPlugin, pluginExec } from './index.ts'

describePluginRunner('pluginExec', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-exec-'))
  const elsewhere = join(folder, 'elsewhere')
  const inFolder = (name: string) => join(folder, name)
  const write = async (name: string, text: string | Uint8Array, mode: number) => {
    await writeFile(inFolder(name), text)
    await chmod(inFolder(name), mode)
    return inFolder(name)
  }
  const subject: RunnerSubject = {
    folder,
    elsewhere,
    runner: (limits: RunnerLimits = {}) =>
      pluginExec({
        path: [elsewhere, folder],
        env: { PATH: process.env['PATH'], SEEN: 'yes' },
        ...limits,
      }),
    write,
    busy: async (name, milliseconds) => {
      const path = await write(name, await readFile('/bin/true'), 0o755)
      const writer = await open(path, 'r+')
      setTimeout(() => void writer.close(), milliseconds)
    },
    read: async (name) => (await readFile(inFolder(name), 'utf8')).trim(),
    stateOf: async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      return stat.split(') ')[1]?.[0] ?? ''
    },
    kill: (pid) => void process.kill(Number(pid)),
    close: () => rm(folder, { recursive: true }),
  }
  return subject
})

describe('findPlugin', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vethra-find-'))
    await mkdir(join(folder, 'a/x'), { recursive: true })
    await writeFile(join(folder, 'x'), '')
  })
  afterAll(() => rm(folder, { recursive: true }))

  it('takes the first regular file of the folders', async () => {
    expect(await findPlugin('x', [join(folder, 'a'), folder])).toBe(join(folder, 'x'))
  })
})
