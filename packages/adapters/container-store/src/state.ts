import { join } from 'node:path'
import { createWhole, readText, writeInPlace, writeWhole } from '@vethra/files'
import type { ContainerFiles } from '@vethra/manage'
import { CniError, type Json } from '@vethra/spec'

export function state(
  prepare: (id: string) => Promise<string>,
  folder: (id: string) => string,
): ContainerFiles {
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
