import { join } from 'node:path'
import { listFolders, makeFolder, removeFolder } from '@vethra/files'
import type { Lock } from '@vethra/lock'
import { CniError, checkPathComponent } from '@vethra/spec'
import { type Logs, logs } from './logs.ts'
import { type Names, names } from './names.ts'
import { type State, state } from './state.ts'

/** Options of `containerStore`. */
export interface ContainerStoreOptions {
  /** `DATA_STORE`: nerdctl's layout, modes and formats. Need not exist. */
  readonly dataStore: string
  /** The containerd namespace whose containers these are. */
  readonly namespace: string
  /** Excludes others from the names; by flock(2), nerdctl too. */
  readonly lock: Lock
}

/**
 * The containers of one namespace. Ids and names that cannot be one component of a path are refused
 * with CniError 107; what the disk refuses is CniError 5. Reading makes nothing.
 */
export interface ContainerStore extends State, Logs, Names {
  /** `DATA_STORE/containers/NS/ID`, whether it exists or not. */
  folder(id: string): string
  /** Makes the folder of a container (0700) and gives its path. */
  prepare(id: string): Promise<string>
  /** The ids that have a folder, ascending by their octets. */
  list(): Promise<readonly string[]>
  /**
   * The id that is meant by an id, a name or the beginning of one id, in this order; undefined when
   * nothing is. Throws CniError 103 when several ids begin so.
   */
  find(ref: string): Promise<string | undefined>
  /** Removes the folder of a container with all that is in it, but not its name. False when there is none. */
  remove(id: string): Promise<boolean>
}

/** Containers on disk. Throws CniError 107 for a hostile namespace. */
export function containerStore(options: ContainerStoreOptions): ContainerStore {
  const { dataStore, namespace, lock } = options
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
  const taken = names({ dataStore, namespace, lock })
  return {
    folder,
    prepare,
    list,
    ...state(prepare, folder),
    ...logs(prepare),
    ...taken,
    async find(ref) {
      const holder = await taken.nameHolder(ref)
      const ids = await list()
      if (ids.includes(ref)) return ref
      return (
        holder ??
        onlyOne(
          ref,
          ids.filter((id) => id.startsWith(ref)),
        )
      )
    },
    remove: async (id) => await removeFolder(folder(id)),
  }
}

function onlyOne(ref: string, ids: readonly string[]): string | undefined {
  if (ids.length < 2) return ids[0]
  throw new CniError({
    code: 103,
    message: `multiple containers found with prefix: ${ref}`,
    hint: 'Give more of the id.',
  })
}
