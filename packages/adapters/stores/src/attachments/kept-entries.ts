import { listFolder, readOwnAgain } from '@vethra/files'

/** The format of a folder's files. */
export interface EntryFormat<T> {
  /** Undefined for a damaged text, and for one that does not belong in the file of that name. */
  parse(text: string, name: string): T | undefined
  /** Whether a text that holds no entry is none that is damaged. Default: none is. */
  isForeign?(text: string): boolean
}

/** A file as it was read last. */
interface KeptEntry<T> {
  readonly stamp: string
  readonly entry: T | undefined
  readonly isDamaged: boolean
}

/** The files of a folder, as they were read last. */
interface KeptEntries<T> {
  /** The names of the files in the folder. */
  names(): Promise<readonly string[]>
  /** A file by its name; undefined where there is none. */
  look(name: string): KeptEntry<T> | undefined
}

/** The entries of a folder's files, each read again only after it has changed: a daemon looks at a thousand of them again and again. */
export function keptEntries<T>(
  dir: string,
  { parse, isForeign = () => false }: EntryFormat<T>,
): KeptEntries<T> {
  const kept = new Map<string, KeptEntry<T>>()
  return {
    async names() {
      const names = await listFolder(dir)
      const there = new Set(names)
      for (const name of kept.keys()) if (!there.has(name)) kept.delete(name)
      return names
    },
    look(name) {
      const before = kept.get(name)
      const read = readOwnAgain(`${dir}/${name}`, before?.stamp)
      if (read === 'same') return before
      if (read === undefined) return undefined
      const { text, stamp } = read
      const entry = parse(text, name)
      const now = { stamp, entry, isDamaged: entry === undefined && !isForeign(text) }
      kept.set(name, now)
      return now
    },
  }
}
