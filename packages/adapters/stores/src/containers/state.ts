import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CniError, invalidFileError, type Json, parseJsonOr } from '@vethra/cni'
import { createWhole, readOwn, writeInPlace, writeWhole } from '@vethra/files'
import type { ContainerFiles } from '@vethra/world'

/** Files in the folders of containers, which `prepare` makes and `folder` names. `sync`: they reach the disk before a write is done. */
export function state(
  prepare: (id: string) => Promise<string>,
  folder: (id: string) => string,
  sync: boolean,
): ContainerFiles {
  return {
    async write(id, file, json) {
      await writeWhole(join(await prepare(id), file), JSON.stringify(json), {
        mode: 0o600,
        sync,
      })
    },

    read: (id, file) => readJson(join(folder(id), file)),

    async writeMounted(id, file, text) {
      const path = join(await prepare(id), file)
      if (existsSync(path) || !(await createWhole(path, text, { mode: 0o644, sync })))
        await writeInPlace(path, text)
      return path
    },
  }
}

/** The value that is read, undefined where it is damaged (CniError 107): one container's file hides no other. */
export async function unlessDamaged<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof CniError && error.code === 107) return undefined
    throw error
  }
}

/** The JSON in a file; undefined when there is none. Throws CniError 107 when it is damaged. */
export async function readJson(path: string): Promise<Json | undefined> {
  const text = readOwn(path)
  return text === undefined ? undefined : parse(path, text)
}

function parse(path: string, text: string): Json {
  const hint = 'Remove that file, or remove the container and prepare its bundle again.'
  return parseJsonOr(text, (cause) => invalidFileError(`${path} is damaged`, { hint, cause }))
}
