import { chmod, mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PluginRunner } from '@vethra/world'
import type { RunnerLimits, RunnerSubject } from '@vethra/world-kit'
import type { PluginExecOptions } from '../src/options.ts'

/** For tests: what the kit of plugin runners asks for, in a folder of its own. */
export async function runnerSubject(
  make: (options: PluginExecOptions) => PluginRunner,
): Promise<RunnerSubject> {
  const folder = await mkdtemp(join(tmpdir(), 'vethra-exec-'))
  const elsewhere = join(folder, 'elsewhere')
  const inFolder = (name: string) => join(folder, name)
  const write = async (name: string, text: string | Uint8Array, mode: number) => {
    await writeFile(inFolder(name), text)
    await chmod(inFolder(name), mode)
    return inFolder(name)
  }
  return {
    folder,
    elsewhere,
    runner: (limits: RunnerLimits = {}) =>
      make({
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
}
