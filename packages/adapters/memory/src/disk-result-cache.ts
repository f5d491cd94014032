import { join } from 'node:path'
import { CniError } from '@vethra/cni'
import {
  listFolder,
  makeFolder,
  pendingSync,
  readOwn,
  removeAbandoned,
  removeFile,
  writeWhole,
} from '@vethra/files'
import type { AttachmentKey, CachedAttachment, ResultCache } from '@vethra/world'
import { isResultAlone, parseEntry, parseLegacyEntry, renderEntry } from './entry.ts'

/** All that a folder of cached results holds. */
export interface ResultsFolder {
  /**
   * Every attachment, and the paths of files that hold none, both by file name. Those of older libcni,
   * which hold the result alone, are in neither.
   */
  survey(): Promise<{
    readonly entries: readonly CachedAttachment[]
    readonly damaged: readonly string[]
  }>
}

/**
 * A ResultCache in `DIR/results`, one file an attachment, named `NETWORK-CONTAINERID-IFNAME` as
 * libcni names it (folder 0700, files 0600). Entries are replaced by rename.
 */
export function diskResultCache({ dir }: { readonly dir: string }): ResultCache & ResultsFolder {
  const folder = join(dir, 'results')
  const fileOf = (key: AttachmentKey) => join(folder, fileName(key))
  const sync = pendingSync()
  return {
    check: async (key) => {
      const other = othersIn(fileOf(key), key)
      if (other) throw ambiguous(fileOf(key), other)
    },
    read: async (key) => {
      const text = readOwn(fileOf(key)) ?? ''
      const entry = parseEntry(text) ?? parseLegacyEntry(text, key)
      return entry && isOf(entry, key) ? entry : undefined
    },
    write: async (entry) => {
      const file = fileOf({ network: entry.network, ...entry.attachment })
      await makeFolder(folder, 0o700)
      await writeWhole(file, renderEntry(entry), { mode: 0o600, sync: false })
      sync.add(file)
    },
    flush: sync.flush,
    remove: async (key) => {
      const file = fileOf(key)
      if (othersIn(file, key) === undefined) await removeFile(file)
      await removeAbandoned(folder)
    },
    list: async (containerId) => {
      const names = await listFolder(folder)
      // What is of one container has its id in the name; what the entry says then decides.
      const wanted = names.filter((name) => !containerId || name.includes(`-${containerId}-`))
      const entries = wanted.flatMap((name) => parseEntry(readOwn(join(folder, name)) ?? '') ?? [])
      return entries.filter((each) => !containerId || each.attachment.containerId === containerId)
    },
    survey: async () => {
      const entries: CachedAttachment[] = []
      const damaged: string[] = []
      for (const name of await listFolder(folder)) {
        const text = readOwn(join(folder, name))
        // One that is gone meanwhile is not damaged.
        if (text === undefined) continue
        const entry = parseEntry(text)
        if (entry !== undefined) entries.push(entry)
        else if (!isResultAlone(text)) damaged.push(join(folder, name))
      }
      return { entries, damaged }
    },
  }
}

function othersIn(file: string, key: AttachmentKey): CachedAttachment | undefined {
  const entry = parseEntry(readOwn(file) ?? '')
  return entry && !isOf(entry, key) ? entry : undefined
}

// A file name does not tell (a-b, c) from (a, b-c): what the entry says of itself decides.
function isOf(entry: CachedAttachment, key: AttachmentKey): boolean {
  const { containerId, ifname } = entry.attachment
  return entry.network === key.network && containerId === key.containerId && ifname === key.ifname
}

function ambiguous(file: string, { network, attachment }: CachedAttachment): CniError {
  return new CniError({
    code: 7,
    message: `the names make the file name ${file}, which is that of network ${network} and container ${attachment.containerId}`,
    hint: 'Use another container id or network name: joined by dashes these two are the same.',
  })
}

function fileName({ network, containerId, ifname }: AttachmentKey): string {
  const name = `${network}-${containerId}-${ifname}`
  if (network === '' || containerId === '' || ifname === '') {
    throw new CniError({
      code: 7,
      message: `cache file path requires network name ("${network}"), container ID ("${containerId}"), and interface name ("${ifname}")`,
    })
  }
  if (Buffer.byteLength(name) > 255 || name.includes('/') || name.includes('\0')) {
    throw new CniError({
      code: 7,
      message: `the names of network, container and interface make no file name together: ${JSON.stringify(name.slice(0, 300))}`,
      hint: 'Use a shorter network name or container id: together with the interface at most 253 octets, and no "/".',
    })
  }
  return name
}
