import { dirname, join, resolve } from 'node:path'
import {
  type CniError,
  checkNetworkName,
  checkPathComponent,
  guards,
  inUseError,
  notFoundError,
} from '@vethra/cni'
import { createWhole, listFolders, makeFolder, removeAbandoned, removeFile } from '@vethra/files'
import type { ConfDir, Lock } from '@vethra/world'
import { type KeptLists, keptLists } from './kept-lists.ts'
import { readConfFiles } from './read-conf-files.ts'

/** Options of `confDir`. */
export interface ConfDirOptions {
  /** `NETCONF`. Need not exist. */
  readonly dir: string
  /** The containerd namespace, which has a folder of its own below `dir`. */
  readonly namespace: string
  /** A network of this name is every namespace's: nerdctl's `bridge`. */
  readonly sharedNetwork: string
  /** Names the folder of the copies that `keep` makes, when there is one to be read or made. Need not exist. */
  readonly kept: () => string
  /** Excludes other writers; by flock(2), nerdctl too. */
  readonly lock: Lock
}

const extensions = ['.conflist', '.conf', '.json']

/** Conf lists on disk, where nerdctl, containerd and cnitool look for them. Throws CniError 107 for a hostile namespace. */
export function confDir(options: ConfDirOptions): ConfDir {
  const { dir, namespace, sharedNetwork, lock } = options
  checkPathComponent('namespace', namespace)
  const shared = resolve(dir)
  const own = join(shared, namespace)
  const isShared = (name: string) => namespace === 'default' || name === sharedNetwork
  const fileOf = (name: string) => {
    checkNetworkName(name)
    return join(isShared(name) ? shared : own, `nerdctl-${name}.conflist`)
  }
  return {
    list: () => readConfFiles([shared, own], extensions),

    async listOthers() {
      const folders = (await listFolders(shared)).filter((name) => name !== namespace)
      return await readConfFiles(
        folders.map((name) => join(shared, name)),
        extensions,
      )
    },

    async dropIns(file, networkName) {
      checkPathComponent('network name', networkName)
      return await readConfFiles([join(dirname(file), networkName)], ['.conf'])
    },

    fileOf,

    async create(name, text) {
      const file = fileOf(name)
      if (!(await createFile(file, text))) throw exists(name, file)
      return file
    },

    ...withCopies(keptLists(options.kept), [shared, own]),

    async exclusively(work) {
      await makeFolder(shared, 0o755)
      return await lock.hold(guards['conf-lists']({ netconf: shared }), async () => {
        for (const folder of [shared, own]) await removeAbandoned(folder)
        return await work()
      })
    },
  }
}

function withCopies(
  copies: KeptLists,
  folders: readonly [shared: string, own: string],
): Pick<ConfDir, 'keep' | 'kept' | 'restore' | 'remove'> {
  return {
    keep: copies.keep,
    kept: () => copies.list(folders),
    async restore(file) {
      const text = await copies.read(file)
      if (text === undefined || !folders.includes(dirname(file))) return false
      return await createFile(file, text)
    },
    async remove(file) {
      if (!folders.includes(dirname(file))) throw foreign(file, folders[0])
      // Killed in between, the network is there to be removed again; the other way round it would come back.
      await copies.drop(file)
      return await removeFile(file)
    },
  }
}

/** False where there is such a file. */
async function createFile(file: string, text: string): Promise<boolean> {
  await makeFolder(dirname(file), 0o755)
  return await createWhole(file, text, { mode: 0o644 })
}

function exists(name: string, file: string): CniError {
  return inUseError(
    `cannot create network ${name}: ${file} exists`,
    'Choose another name, or remove that network first.',
  )
}

function foreign(file: string, dir: string): CniError {
  return notFoundError(
    `${file} is not a conf list of ${dir}`,
    'Name a file of that folder, or of the folder of the namespace in it.',
  )
}
