import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import {
  checkPathComponent,
  guards,
  inUseError,
  isPathComponent,
  type Json,
  usageError,
} from '@vethra/cni'
import {
  appendText,
  errno,
  faultPoint,
  fileError,
  listFolder,
  listFolders,
  makeFolder,
  readOwn,
  removeAbandoned,
  removeFile,
  removeFolder,
  writeWhole,
} from '@vethra/files'
import type { ContainerStore, HookEvent, HookLogs, Lock, TakenNames } from '@vethra/world'
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
  // A name that can be no id is refused wherever it is handed on.
  const list = async () => (await listFolders(parent)).filter(isPathComponent)
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

/** Logs in the folders of containers; the log of an event before is kept as `….log.1`. At most 64 Ki characters of a text are written: its end. */
function logs(folder: (id: string) => string): HookLogs {
  const appendLog = async (id: string, event: HookEvent, text: string) => {
    if (existsSync(folder(id))) await appendText(place(id, event), asLines(text), { mode: 0o600 })
  }
  const place = (id: string, event: HookEvent) => join(folder(id), `oci-hook.${event}.log`)
  return {
    startLog: async (id, event, text) => {
      await keepPrevious(place(id, event))
      await appendLog(id, event, text)
    },
    appendLog,
  }
}

async function keepPrevious(log: string): Promise<void> {
  try {
    faultPoint('remove', log)
    renameSync(log, `${log}.1`)
  } catch (error) {
    if (errno(error) !== 'ENOENT') throw fileError('keep the log', log, error)
  }
}

/** The end of a text holds the error, and a plugin may print as much as it likes. */
function asLines(text: string): string {
  const kept = text.length > longest ? `[…]${text.slice(-longest)}` : text
  return kept === '' || kept.endsWith('\n') ? kept : `${kept}\n`
}

const longest = 64 * 1024

// Names in `DATA_STORE/names/NAMESPACE`, a file each. `sync`: a name reaches the disk before it is claimed.
function names(options: {
  readonly dataStore: string
  readonly namespace: string
  readonly lock: Lock
  readonly sync: boolean
}): TakenNames {
  const { dataStore, namespace, lock, sync } = options
  const folder = guards.names({ dataStore }, namespace)
  const path = (name: string): string => {
    checkPathComponent('name', name)
    return join(folder, name)
  }
  return {
    async claimName(name, id) {
      const file = path(name)
      checkPathComponent('container id', id)
      // The lock is taken on the folder itself, as nerdctl does, so it has to be there first.
      await makeFolder(folder, 0o700)
      await lock.hold(folder, async () => {
        await removeAbandoned(folder)
        await claim(file, { name, id, sync })
      })
    },

    async releaseName(name, id) {
      const file = path(name)
      if ((await holderIn(file)) !== id) return
      await lock.hold(folder, async () => {
        if ((await holderIn(file)) === id) await removeFile(file)
      })
    },

    nameHolder: async (name) => await holderIn(path(name)),

    async heldNames() {
      const all = await listFolder(folder)
      const ids = await Promise.all(all.map((name) => unlessDamaged(holderIn(join(folder, name)))))
      return all.flatMap((name, index) => {
        const id = ids[index]
        return id === undefined ? [] : [{ name, id }]
      })
    },
  }
}

interface Claim {
  readonly name: string
  readonly id: string
  readonly sync: boolean
}

async function claim(file: string, { name, id, sync }: Claim): Promise<void> {
  // What can be no id is no container's.
  const holder = await unlessDamaged(holderIn(file))
  if (holder === id) return
  if (holder !== undefined)
    throw inUseError(
      `name ${JSON.stringify(name)} is already used by ID ${JSON.stringify(holder)}`,
      'Choose another name, or remove that container.',
    )
  await writeWhole(file, id, { mode: 0o600, sync })
}

async function holderIn(file: string): Promise<string | undefined> {
  const holder = readOwn(file)?.trim()
  if (holder === undefined || holder === '') return undefined
  checkPathComponent(`container id in ${file}`, holder)
  return holder
}
