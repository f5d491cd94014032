import { linkSync, lstatSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { firstGeneration, headLine } from '@vethra/api'
import { CniError } from '@vethra/cni'
import { createWhole, makeFolder, removeAbandoned, removeFolder, writeWhole } from '@vethra/files'
import type { EventFileOptions } from './options.ts'
import { readGenerations } from './read-generations.ts'

const how = { mode: 0o600, sync: false } as const

/** Makes the file where there is none, with its generation; a folder of 0.1 at its path is removed. Throws CniError 5. */
export async function beginFile(path: string, nowMs: number): Promise<void> {
  await makeFolder(dirname(path), 0o700)
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) await removeFolder(path)
  await removeAbandoned(dirname(path))
  await createWhole(path, headLine(nextGeneration(path, nowMs)), how)
}

/** Makes a full file the one before, and begins a new one: at no time there is none, one process at a time. Throws CniError 5. */
export async function replaceFile(options: EventFileOptions, fullSize: number): Promise<void> {
  const { path, now, lock, lockPath } = options
  try {
    await lock.hold(lockPath, async () => {
      if ((lstatSync(path, { throwIfNoEntry: false })?.size ?? 0) < fullSize) return
      const head = headLine(nextGeneration(path, now()))
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

function nextGeneration(path: string, nowMs: number): number {
  const last = readGenerations(path, { generation: 0, offset: 0 }).at(-1)
  return Math.max(firstGeneration(nowMs), (last?.generation ?? 0) + 1)
}
