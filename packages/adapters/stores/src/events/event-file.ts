import { linkSync, lstatSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { eventLine, firstGeneration, headLine, idAt, placeOf } from '@vethra/api'
import { CniError } from '@vethra/cni'
import {
  createWhole,
  fileError,
  makeFolder,
  removeAbandoned,
  removeFolder,
  writeWhole,
} from '@vethra/files'
import type { Events } from '@vethra/world'
import { appendLine } from './append-line.ts'
import type { EventFileOptions } from './options.ts'
import { watchFile } from './watch-file.ts'

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
