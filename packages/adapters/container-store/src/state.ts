import { join } from 'node:path'
import { createWhole, readText, writeInPlace, writeWhole } from '@vethra/files'
import { CniError, type Json } from '@vethra/spec'

/** A file of JSON in a container's folder: ports, life cycle, and what `bundle prepare` decided. */
export type StateFile = 'network-config.json' | 'lifecycle.json' | 'vethra.json'

/** The files of one container. */
export interface State {
  /** Writes a file of JSON (0600) by rename, compact as nerdctl does; makes the container's folder if missing. */
  write(id: string, file: StateFile, json: object): Promise<void>
  /** What a file says; undefined when it is missing. Throws CniError 107 naming the file when it is not JSON. */
  read(id: string, file: StateFile): Promise<Json | undefined>
  /**
   * Writes a file that is bind-mounted into the container and gives its path: 0644 when it is new,
   * in place when it exists, so that the container sees the change.
   */
  writeMounted(id: string, file: 'resolv.conf' | 'hostname', text: string): Promise<string>
}

export function state(
  prepare: (id: string) => Promise<string>,
  folder: (id: string) => string,
): State {
  return {
    async write(id, file, json) {
      await writeWhole(join(await prepare(id), file), JSON.stringify(json), { mode: 0o600 })
    },

    async read(id, file) {
      const path = join(folder(id), file)
      const text = await readText(path)
      return text === undefined ? undefined : parse(path, text)
    },

    async writeMounted(id, file, text) {
      const path = join(await prepare(id), file)
      const isNew = (await readText(path)) === undefined
      if (!isNew || !(await createWhole(path, text, { mode: 0o644 })))
        await writeInPlace(path, text)
      return path
    },
  }
}

function parse(path: string, text: string): Json {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new CniError({
      code: 107,
      message: `${path} is damaged`,
      hint: 'Remove that file, or remove the container and prepare its bundle again.',
      cause,
    })
  }
}
