import { dirname, join, resolve } from 'node:path'
import {
  type CniError,
  checkNetworkName,
  checkPathComponent,
  guards,
  inUseError,
  notFoundError,
} from '@vethra/cni'
import type { ConfFileText } from '@vethra/conflist'
import {
  byOctets,
  createWhole,
  listFolder,
  listFolders,
  makeFolder,
  readTextIfReadable,
  removeAbandoned,
  removeFile,
  writeWhole,
} from '@vethra/files'
import type { ConfDir, Lock } from '@vethra/world'
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

interface KeptLists {
  keep(file: string, text: string): Promise<void>
  read(file: string): Promise<string | undefined>
  /** Those of files that are in one of some folders, ascending by their paths. */
  list(folders: readonly string[]): Promise<readonly ConfFileText[]>
  drop(file: string): Promise<void>
}

/** The longest name that a file can have, in octets. */
const nameLimit = 255

function keptLists(folder: () => string): KeptLists {
  const copyOf = (file: string) => join(folder(), encodeURIComponent(file))
  // One that cannot be read is none: the conf list itself is where it was, or has to be made by hand.
  const read = (file: string) => readTextIfReadable(copyOf(file))
  return {
    async keep(file, text) {
      if (encodeURIComponent(file).length > nameLimit || (await read(file)) === text) return
      await makeFolder(folder(), 0o700)
      // It is worth no wait for the disk: where a power cut takes it, the conf list is there.
      await writeWhole(copyOf(file), text, { mode: 0o600, sync: false })
    },

    read,

    async list(folders) {
      const files = byOctets((await listFolder(folder())).flatMap(pathOf)).filter((file) =>
        folders.includes(dirname(file)),
      )
      const copies = files.map(async (file) => {
        const text = await read(file)
        return text === undefined ? [] : [{ file, text }]
      })
      return (await Promise.all(copies)).flat()
    },

    drop: async (file) => void (await removeFile(copyOf(file))),
  }
}

// A name that is no path stands for no copy.
function pathOf(name: string): readonly string[] {
  if (!/^(?:[A-Za-z0-9_.!~*'()-]|%[0-9A-F]{2})+$/.test(name)) return []
  try {
    return [decodeURIComponent(name)]
  } catch (error) {
    if (error instanceof URIError) return []
    throw error
  }
}
