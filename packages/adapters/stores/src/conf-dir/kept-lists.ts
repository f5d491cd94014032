import { dirname, join } from 'node:path'
import type { ConfFileText } from '@vethra/conflist'
import {
  byOctets,
  listFolder,
  makeFolder,
  readTextIfReadable,
  removeFile,
  writeWhole,
} from '@vethra/files'

/** Copies of conf lists in a folder of ours, each named by the path that it is a copy of. */
export interface KeptLists {
  keep(file: string, text: string): Promise<void>
  read(file: string): Promise<string | undefined>
  /** Those of files that are in one of some folders, ascending by their paths. */
  list(folders: readonly string[]): Promise<readonly ConfFileText[]>
  drop(file: string): Promise<void>
}

/** The longest name that a file can have, in octets. */
const nameLimit = 255

/** The copies in a folder, which need not exist. A path too long to be a name has no copy. */
export function keptLists(folder: () => string): KeptLists {
  const copyOf = (file: string) => join(folder(), encodeURIComponent(file))
  // One that cannot be read is none: the conf list itself is where it was, or has to be made by hand.
  const read = (file: string) => readTextIfReadable(copyOf(file))
  return {
    async keep(file, text) {
      if (encodeURIComponent(file).length > nameLimit || (await read(file)) === text) return
      await makeFolder(folder(), 0o700)
      // It is worth no wait for the disk: where a power cut takes it, the conf list is there.
      await writeWhole(copyOf(file), text, { mode: 0o600, sync: false })
    },

    read,

    async list(folders) {
      const files = byOctets((await listFolder(folder())).flatMap(pathOf)).filter((file) =>
        folders.includes(dirname(file)),
      )
      const copies = files.map(async (file) => {
        const text = await read(file)
        return text === undefined ? [] : [{ file, text }]
      })
      return (await Promise.all(copies)).flat()
    },

    drop: async (file) => void (await removeFile(copyOf(file))),
  }
}

// A name that is no path stands for no copy.
function pathOf(name: string): readonly string[] {
  if (!/^(?:[A-Za-z0-9_.!~*'()-]|%[0-9A-F]{2})+$/.test(name)) return []
  try {
    return [decodeURIComponent(name)]
  } catch (error) {
    if (error instanceof URIError) return []
    throw error
  }
}
