import { join } from 'node:path'
import { checkPathComponent, type Json, usageError } from '@vethra/cni'
import { listFolders, makeFolder, removeFolder } from '@vethra/files'
import type { ContainerStore, Lock } from '@vethra/world'
import { logs } from './logs.ts'
import { names } from './names.ts'
import { readJson, state, unlessDamaged } from './state.ts'

/** Options of `containerStore`. */
export interface ContainerStoreOptions {
  /** `DATA_STORE`: nerdctl's layout, modes and formats. Need not exist. */
  readonly dataStore: string
  /** The containerd namespace whose containers these are. */
  readonly namespace: string
  /** Excludes others from the names; by flock(2), nerdctl too. */
  readonly lock: Lock
  /** Whether what is written outlives a power cut: two fsyncs a file. Default true. */
  readonly sync?: boolean
}

/** Containers on disk. Throws CniError 107 for a hostile namespace. */
export function containerStore(options: ContainerStoreOptions): ContainerStore {
  const { dataStore, namespace, lock, sync = true } = options
  checkPathComponent('namespace', namespace)
  const parent = join(dataStore, 'containers', namespace)
  const folder = (id: string): string => {
    checkPathComponent('container id', id)
    return join(parent, id)
  }
  const list = () => listFolders(parent)
  const prepare = async (id: string): Promise<string> => {
    await makeFolder(folder(id), 0o700)
    return folder(id)
  }
  const taken = names({ dataStore, namespace, lock, sync })
  return {
    folder,
    prepare,
    list,
    ...state(prepare, folder, sync),
    ...logs(folder),
    ...taken,
    async find(ref) {
      const holder = await taken.nameHolder(ref)
      const ids = await list()
      return ids.includes(ref) ? ref : (holder ?? onlyOne(ref, ids))
    },
    decisions: () => decisionsIn(join(dataStore, 'containers')),
    remove: async (id) => await removeFolder(folder(id)),
  }
}

async function decisionsIn(all: string): Promise<readonly Json[]> {
  const folders = await Promise.all(
    (await listFolders(all)).map(async (each) =>
      (await listFolders(join(all, each))).map((id) => join(all, each, id)),
    ),
  )
  const files = folders.flat().map((each) => unlessDamaged(readJson(join(each, 'vethra.json'))))
  return (await Promise.all(files)).filter((json) => json !== undefined)
}

function onlyOne(ref: string, all: readonly string[]): string | undefined {
  const ids = all.filter((id) => id.startsWith(ref))
  if (ids.length < 2) return ids[0]
  throw usageError(`multiple containers found with prefix: ${ref}`, 'Give more of the id.')
}
