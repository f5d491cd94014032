import { existsSync, lstatSync } from 'node:fs'
import { invalidFileError } from '@vethra/cni'
import { createWhole, makeFolder, removeFile, removeFolder } from '@vethra/files'
import { type ContainerNames, checkNames } from '@vethra/names'
import type { HostsFolders, HostsStore, Lock } from '@vethra/world'
import type { NameChange, OnFault } from './change-names.ts'
import { dropHead, readHead, writeHead } from './index-files.ts'
import { draftsOfNames, keepNames } from './keep-names.ts'
import { listContainers } from './list-containers.ts'
import { type Places, placesOf } from './places.ts'
import { knownNames, readNames } from './read-names.ts'

/** Options of `diskHostsStore`. */
export interface DiskHostsStoreOptions {
  /** `DATA_STORE/etchosts`: the folder that holds one folder for each namespace. */
  readonly dir: string
  readonly namespace: string
  /** Is taken on the namespace's folder, as nerdctl takes it. */
  readonly lock: Lock
  /** Whether the hosts file of a new container outlives a power cut: two fsyncs. Default true. */
  readonly sync?: boolean
  /** The folder for indexes, a cache that may vanish at any time. Default: beside the namespace's folder, `DIR/.NAMESPACE`. */
  readonly indexes?: string
  /** Called for each peer's hosts file that could not be updated, or held too much to be kept. Default: ignored. */
  readonly onFault?: OnFault
}

/**
 * A HostsStore on nerdctl's layout: `DIR/NAMESPACE/ID/hosts` (0644, bind-mounted, written in place) and
 * `meta.json` (0600, replaced by rename), in folders of mode 0700. An operation reads each meta.json at
 * most once and writes to the files of containers that share a network with the one that changes, only
 * where their text changes; an index says who they are. A file that others wrote to, as its stamp in
 * the index shows, is read while no lock is held. Meanwhile it keeps the thread: about 0.1 ms for
 * each of these files.
 */
export function diskHostsStore(options: DiskHostsStoreOptions): HostsStore & HostsFolders {
  const { dir, namespace, lock, sync = true, indexes, onFault = () => {} } = options
  const places = placesOf(dir, namespace, indexes)
  // Loaded where names change: a start that is prepared has no use for it.
  const change = async (each: NameChange) =>
    (await import('./change-names.ts')).changeNames(places, each, { lock, onFault })
  const leave = leaving(places, { lock, change })
  return {
    async prepare(id, initial) {
      const path = places.hosts(id)
      await openFolder(places, id)
      await lock.hold(places.folder, () => prepareFiles(places, id, { initial, sync }))
      return path
    },
    path: (id) => places.hosts(id),
    async acquire(names) {
      checkNames(names)
      await openFolder(places, names.id)
      await change({ id: names.id, joins: names, next: () => names })
    },
    release: (...ids) => leave(ids),
    async rename(id, name) {
      checkNames({ ...nobody, id, name })
      if (existsSync(places.meta(id))) await change({ id, next: (now) => now && { ...now, name } })
    },
    remove: (...ids) => leave(ids, async (id) => void (await removeFolder(places.container(id)))),
    read: async (id) => readNames(places, id),
    ids: async () => listContainers(places),
    folder: async (id) => (await import('./look-at-folder.ts')).lookAtFolder(places, id),
    stale: async () => (await import('./look-at-folder.ts')).staleHosts(places),
    async tidy() {
      if (draftsOfNames(places).length === 0) return
      await lock.hold(places.folder, async () => {
        for (const each of draftsOfNames(places)) await removeFile(each)
      })
    },
    list: async () => knownNames(places),
  }
}

type Last = (id: string) => Promise<void>

interface Leaving {
  readonly lock: Lock
  readonly change: (change: NameChange) => Promise<void>
}

function leaving(places: Places, { lock, change }: Leaving) {
  const drop = async (ids: readonly string[], last: Last) => {
    dropHead(places)
    for (const id of ids) {
      await keepNames(places, id, undefined)
      await last(id)
    }
  }
  return async (ids: readonly string[], last: Last = async () => {}): Promise<void> => {
    const [first, ...others] = ids.filter((id) => existsSync(places.container(id)))
    if (first === undefined) return
    // Without an index all containers are looked at, once for all that leave.
    if (others.length > 0) await lock.hold(places.folder, () => drop(others, last))
    await change({ id: first, next: () => undefined, last: () => last(first) })
  }
}

// What a link leads to is not ours to write.
async function openFolder(places: Places, id: string): Promise<void> {
  const path = places.container(id)
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found?.isSymbolicLink() !== true) return makeFolder(places.folder, 0o700)
  throw invalidFileError(
    `cannot use ${path}: it is a symbolic link`,
    'Remove the link, or put the folder that it leads to in its place.',
  )
}

const nobody: ContainerNames = { id: '', name: '', hostname: '', extraHosts: [], networks: null }

/** Makes a container's folder and its hosts file where they are missing. The lock has to be held. Throws CniError 5. */
async function prepareFiles(
  places: Places,
  id: string,
  { initial, sync }: { readonly initial: string; readonly sync: boolean },
): Promise<void> {
  const head = existsSync(places.container(id)) ? undefined : readHead(places)
  await makeFolder(places.container(id), 0o700)
  await createWhole(places.hosts(id), initial, { mode: 0o644, sync })
  // Otherwise the index would not go with the folders any more, and the next operation look at all of them.
  if (head !== undefined) writeHead(places, [...head.idle, id])
}
