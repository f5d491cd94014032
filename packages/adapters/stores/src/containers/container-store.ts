import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { checkPathComponent, isPathComponent, type Json, usageError } from '@vethra/cni'
import {
  appendText,
  errno,
  faultPoint,
  fileError,
  listFolders,
  makeFolder,
  removeFolder,
} from '@vethra/files'
import type { ContainerStore, HookEvent, HookLogs, Lock } from '@vethra/world'
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
