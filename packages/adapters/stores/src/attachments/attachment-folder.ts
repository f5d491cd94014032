import { join } from 'node:path'
import { type AttachmentKey, type CniError, confError, orElse } from '@vethra/cni'
import {
  listFolder,
  makeFolder,
  mapInTurns,
  readOwn,
  readOwnAgain,
  removeAbandoned,
  removeFile,
  syncFile,
  writeWhole,
} from '@vethra/files'

/** The content of a folder: what can be read, and the paths of damaged files, both by file name. */
export interface Survey<T> {
  readonly entries: readonly T[]
  readonly damaged: readonly string[]
}

/** A folder (0700) with a file an attachment (0600), as libcni's results are. */
interface AttachmentFolder<T> {
  /** Undefined where there is none, or it is damaged. */
  read(key: AttachmentKey): T | undefined
  /** Replaces a file whole; with `lasting`, `flush` waits until it has reached the disk. */
  write(key: AttachmentKey, text: string, how: { readonly lasting: boolean }): Promise<void>
  flush(): Promise<void>
  /** Removes what writers that were killed have left. */
  tidy(): Promise<void>
  /** Removes a file, unless it is another attachment's. */
  remove(key: AttachmentKey): Promise<void>
  /** Throws CniError 7 where the file is another attachment's. */
  refuseOthers(key: AttachmentKey): void
  /** All, or those of one container, by file name. */
  list(containerId?: string): Promise<readonly T[]>
  survey(): Promise<Survey<T>>
}

/** The format of a folder's files, and their names. */
interface FolderFormat<T> extends Pick<EntryFormat<T>, 'isForeign'> {
  /** Undefined for a damaged text. */
  parse(text: string): T | undefined
  /** The name of a file. Throws CniError 7 for a key that makes none. */
  nameOf(key: AttachmentKey): string
  keyOf(entry: T): AttachmentKey
  /** `parse` for the file of one attachment. Default: `parse`, and undefined for an entry of another name. */
  parseOf?(text: string, key: AttachmentKey): T | undefined
}

/** Attachments in a folder. Listing reads again only the files that have changed. */
export function attachmentFolder<T>(dir: string, format: FolderFormat<T>): AttachmentFolder<T> {
  const { nameOf, keyOf } = format
  const parseOf =
    format.parseOf ?? ((text, key) => inPlace(format, format.parse(text), nameOf(key)))
  const fileOf = (key: AttachmentKey) => join(dir, nameOf(key))
  // A file name does not tell (a-b, c) from (a, b-c): what the entry says of itself decides.
  const isOf = (entry: T, key: AttachmentKey) => {
    const own = keyOf(entry)
    return (['network', 'containerId', 'ifname'] as const).every((each) => own[each] === key[each])
  }
  const entryIn = lastEntry(fileOf, parseOf)
  const othersIn = (key: AttachmentKey) => {
    const entry = entryIn(key)
    return entry && !isOf(entry, key) ? keyOf(entry) : undefined
  }
  const unsynced = new Set<string>()
  return {
    ...listed(dir, format),
    read(key) {
      const entry = entryIn(key)
      return entry && isOf(entry, key) ? entry : undefined
    },
    async write(key, text, { lasting }) {
      const file = fileOf(key)
      await makeFolder(dir, 0o700)
      await writeWhole(file, text, { mode: 0o600, sync: false })
      if (lasting) unsynced.add(file)
    },
    async flush() {
      const files = [...unsynced]
      unsynced.clear()
      await Promise.all(files.map(syncFile))
    },
    tidy: () => removeAbandoned(dir),
    async remove(key) {
      const file = fileOf(key)
      if (othersIn(key) === undefined) await removeFile(file)
      await removeAbandoned(dir)
    },
    refuseOthers(key) {
      const other = othersIn(key)
      if (other) throw ambiguous(fileOf(key), other)
    },
  }
}

// A command reads the file of its attachment several times.
function lastEntry<T>(
  fileOf: (key: AttachmentKey) => string,
  parse: (text: string, key: AttachmentKey) => T | undefined,
): (key: AttachmentKey) => T | undefined {
  let last:
    | { readonly file: string; readonly text: string; readonly entry: T | undefined }
    | undefined
  return (key) => {
    const file = fileOf(key)
    const text = readOwn(file)
    if (text === undefined) return undefined
    if (last?.file !== file || last.text !== text) last = { file, text, entry: parse(text, key) }
    return last.entry
  }
}

function listed<T>(
  dir: string,
  format: FolderFormat<T>,
): Pick<AttachmentFolder<T>, 'list' | 'survey'> {
  const parse = (text: string, name: string) => inPlace(format, format.parse(text), name)
  const kept = keptEntries(dir, { ...format, parse })
  return {
    async list(containerId) {
      const names = await kept.names()
      // What is of one container has its id in the name; what the entry says then decides.
      const wanted = names.filter((name) => !containerId || name.includes(`-${containerId}-`))
      const entries = wanted.flatMap((name) => kept.look(name)?.entry ?? [])
      return entries.filter(
        (each) => !containerId || format.keyOf(each).containerId === containerId,
      )
    },
    async survey() {
      const entries: T[] = []
      const damaged: string[] = []
      await mapInTurns(await kept.names(), (name) => {
        // One that is gone meanwhile is not damaged.
        const seen = kept.look(name)
        if (seen?.entry !== undefined) entries.push(seen.entry)
        else if (seen?.isDamaged) damaged.push(join(dir, name))
      })
      return { entries, damaged }
    },
  }
}

// A copy in the place of another attachment tells nothing of its own.
function inPlace<T>(
  { nameOf, keyOf }: FolderFormat<T>,
  entry: T | undefined,
  name: string,
): T | undefined {
  return entry && orElse(() => nameOf(keyOf(entry)), '') === name ? entry : undefined
}

function ambiguous(file: string, { network, containerId }: AttachmentKey): CniError {
  return confError(
    `the names make the file name ${file}, which is that of network ${network} and container ${containerId}`,
    'Use another container id or network name: joined by dashes these two are the same.',
  )
}

interface EntryFormat<T> {
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

// The entries of a folder's files, each read again only after it has changed: a daemon looks at a thousand of them
// again and again.
function keptEntries<T>(
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
