import { constants } from 'node:fs'
import {
  access,
  lstat,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { dirname } from 'node:path'
import { ioError, systemHint } from '@vethra/cni'
import { makeFolder } from '@vethra/files'
import { runProgram } from '@vethra/plugin-exec/programs'
import type { PluginFile, PluginFolders } from '@vethra/world'

/** The folders of CNI plugins of this host. `program` is the path of this executable, `runnerIn` runs the plugins of one folder. */
export function pluginFolders(program: string, runnerIn: PluginFolders['runnerIn']): PluginFolders {
  return {
    program,
    list: (folder) =>
      orMissing(
        readdir(folder).then((names) => names.sort()),
        [],
      ),
    look: (path) => look(path, program),
    runnerIn,
    packageOf,
    link,
  }
}

async function look(path: string, program: string): Promise<PluginFile | undefined> {
  const own = await orMissing(lstat(path), undefined)
  if (own === undefined) return undefined
  const target = own.isSymbolicLink() ? { target: await readlink(path) } : {}
  // A link that leads nowhere, in a circle, or to where nobody may look.
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return { kind: 'broken', ...target }
  if (!found.isFile()) return { kind: 'other', ...target }
  if ((await realpath(path)) === (await realpath(program))) return { kind: 'own', ...target }
  const isExecutable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
  return { kind: isExecutable ? 'program' : 'other', ...target }
}

const managers = [
  ['dpkg-query', '-S'],
  ['rpm', '-qf'],
] as const

async function packageOf(folder: string): Promise<string | undefined> {
  for (const [manager, flag] of managers) {
    const outcome = await runProgram(manager, [flag, folder])
    if (outcome?.status === 0) return outcome.stdout.split(/[:\n]/)[0]
  }
  return undefined
}

async function link(path: string, target: string): Promise<void> {
  const beside = `${path}.vethra-${process.pid}`
  await makeFolder(dirname(path), 0o755)
  try {
    await rm(beside, { force: true })
    await symlink(target, beside)
    await rename(beside, path)
  } catch (cause) {
    const left = await rm(beside, { force: true }).then(
      () => [],
      (error: unknown) => [error],
    )
    const hint = systemHint(cause)
    const message = `cannot make the link ${path}`
    const causes = left.length === 0 ? cause : new AggregateError([cause, ...left])
    throw ioError(message, { cause: causes, hint })
  }
}

async function orMissing<T, U>(work: Promise<T>, missing: U): Promise<T | U> {
  return work.catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return missing
    throw ioError('cannot read a folder of plugins', { cause })
  })
}
