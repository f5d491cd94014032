import {
  closeSync,
  constants,
  type FSWatcher,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  watch,
  writeSync,
} from 'node:fs'
import { basename, dirname } from 'node:path'
import { eventLine, firstGeneration, headLine, idAt, placeOf } from '@vethra/api'
import { CniError, ioError } from '@vethra/cni'
import {
  createWhole,
  errno,
  faultPoint,
  fileError,
  makeFolder,
  removeAbandoned,
  removeFolder,
  writeWhole,
} from '@vethra/files'
import type { Events, EventWatch, Lock } from '@vethra/world'

/** Events in a file: a line each by one write(2) with O_APPEND, no lock, no fsync. Full, it becomes `PATH.1`. */
export function eventFile(options: EventFileOptions): Events {
  const { path, by, now, onFault, fullSize = 1024 * 1024 } = options
  const limits = { fullSize, mostSize: 4 * fullSize }
  const append = async (line: string): Promise<boolean> => {
    const { outcome, isFull } = appendLine(path, line, limits)
    if (isFull) await replaceFile(options, fullSize)
    return outcome === 'written'
  }
  return {
    async append(event) {
      try {
        // biome-ignore lint/style/noRestrictedGlobals: it writes a time that was handed in, and reads no clock.
        const line = eventLine({ Time: new Date(now()).toISOString(), By: by, ...event })
        if (await append(line)) return
        await beginFile(path, now())
        await append(line)
      } catch (error) {
        onFault(error instanceof CniError ? error : fileError('append to', path, error))
      }
    },
    // Starts append alone.
    after: async (id) => {
      const { eventsIn, readGenerations } = await import('./read-generations.ts')
      const generations = readGenerations(path, placeOf(id))
      const [oldest] = generations
      const lost = id !== '0' && oldest !== undefined && placeOf(id).generation < oldest.generation
      return { events: generations.flatMap(eventsIn), lost }
    },
    latest: async () => {
      const { endOf, readGenerations } = await import('./read-generations.ts')
      const last = readGenerations(path, { generation: 0, offset: 0 }).at(-1)
      return last === undefined ? '0' : idAt(endOf(last))
    },
    watch: (onChange) => watchFile(path, onChange),
  }
}

const how = { mode: 0o600, sync: false } as const

/** Makes the file where there is none, with its generation; a folder of 0.1 at its path is removed. Throws CniError 5. */
async function beginFile(path: string, nowMs: number): Promise<void> {
  await makeFolder(dirname(path), 0o700)
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) await removeFolder(path)
  await removeAbandoned(dirname(path))
  await createWhole(path, headLine(await nextGeneration(path, nowMs)), how)
}

/** Makes a full file the one before, and begins a new one: at no time there is none, one process at a time. Throws CniError 5. */
async function replaceFile(options: EventFileOptions, fullSize: number): Promise<void> {
  const { path, now, lock, lockPath } = options
  try {
    await lock.hold(lockPath, async () => {
      if ((lstatSync(path, { throwIfNoEntry: false })?.size ?? 0) < fullSize) return
      const head = headLine(await nextGeneration(path, now()))
      await removeAbandoned(dirname(path))
      rmSync(`${path}.1`, { force: true, recursive: true })
      linkSync(path, `${path}.1`)
      await writeWhole(path, head, how)
    })
  } catch (error) {
    // Somebody is at it.
    if (!(error instanceof CniError && error.code === 105)) throw error
  }
}

async function nextGeneration(path: string, nowMs: number): Promise<number> {
  const { readGenerations } = await import('./read-generations.ts')
  const last = readGenerations(path, { generation: 0, offset: 0 }).at(-1)
  return Math.max(firstGeneration(nowMs), (last?.generation ?? 0) + 1)
}

const { O_APPEND, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants

/** The outcome of a write, and whether the file is to be replaced. */
interface Appended {
  readonly outcome: 'written' | 'missing'
  readonly isFull: boolean
}

// Adds a line in one write, after a line feed where the last was cut. Throws CniError 5 beyond `mostSize` octets, and
// what the system throws.
function appendLine(
  path: string,
  line: string,
  { fullSize, mostSize }: { readonly fullSize: number; readonly mostSize: number },
): Appended {
  const descriptor = openThere(path)
  if (descriptor === undefined) return { outcome: 'missing', isFull: false }
  try {
    const status = fstatSync(descriptor)
    if (!status.isFile()) throw unfit(path, 'it is not a regular file')
    if (status.size >= mostSize) throw unfit(path, 'it is full, and could not be replaced')
    faultPoint('write', `to ${path}`)
    const text = isCut(descriptor, status.size) ? `\n${line}` : line
    writeSync(descriptor, text)
    return { outcome: 'written', isFull: status.size + text.length >= fullSize }
  } finally {
    closeSync(descriptor)
  }
}

// 0.1 had a folder of this name.
function openThere(path: string): number | undefined {
  try {
    return openSync(path, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK)
  } catch (error) {
    const code = errno(error)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined
    throw error
  }
}

function isCut(descriptor: number, size: number): boolean {
  if (size === 0) return false
  const last = Buffer.alloc(1)
  readSync(descriptor, last, 0, 1, size - 1)
  return last[0] !== 10
}

function unfit(path: string, fault: string): CniError {
  return ioError(`cannot append to ${path}: ${fault}`, `Remove it: rm -r ${path}`)
}

/** How often it is looked whether the file is another, where its folder cannot be watched or does not exist yet. */
const lookMs = 1000

function watchFile(path: string, onChange: () => void): EventWatch {
  let watcher: FSWatcher | undefined
  let seen = stateOf(path)
  const look = () => {
    const now = stateOf(path)
    if (now === seen) return
    seen = now
    onChange()
  }
  const drop = () => {
    watcher?.close()
    watcher = undefined
  }
  const begin = () => {
    try {
      watcher ??= watch(dirname(path), (_, name) => {
        if (name === basename(path)) look()
      }).on('error', drop)
    } catch {
      // The folder is not there yet, or there are too many watches: the timer looks.
      drop()
    }
  }
  const timer = setInterval(() => {
    begin()
    look()
  }, lookMs)
  begin()
  return {
    close() {
      clearInterval(timer)
      drop()
    },
  }
}

// What cannot be looked at is as what is missing: readers say why.
function stateOf(path: string): string {
  try {
    const { ino, size } = statSync(path)
    return `${ino} ${size}`
  } catch {
    return 'missing'
  }
}

/** Where events are kept, and how. */
export interface EventFileOptions {
  /** The file; the one before it has `.1` behind its name. */
  readonly path: string
  /** The name of this program in its events. */
  readonly by: string
  readonly now: () => number
  /** Held while the file is replaced; gives up at once. */
  readonly lock: Lock
  /** The path of that lock. */
  readonly lockPath: string
  /** Gets the reason why an event was lost. */
  readonly onFault: (fault: CniError) => void
  /** The size from which on a new file is begun, in octets; up to four times as much while that fails. Default 1 MiB. */
  readonly fullSize?: number
}
