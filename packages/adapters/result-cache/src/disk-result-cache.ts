import { join } from 'node:path'
import { listFolder, makeFolder, readText, removeFile, writeWhole } from '@vethra/files'
import type { AttachmentKey, ResultCache } from '@vethra/plan'
import { CniError } from '@vethra/spec'
import { parseEntry, renderEntry } from './entry.ts'

/**
 * A ResultCache in `DIR/results`, one file an attachment, named `NETWORK-CONTAINERID-IFNAME` as
 * libcni names it (folder 0700, files 0600). Entries are replaced by rename.
 */
export function diskResultCache({ dir }: { readonly dir: string }): ResultCache {
  const folder = join(dir, 'results')
  const fileOf = (key: AttachmentKey) => join(folder, fileName(key))
  return {
    check: (key) => void fileName(key),
    read: async (key) => {
      const entry = parseEntry((await readText(fileOf(key))) ?? '')
      return entry && isOf(entry, key) ? entry : undefined
    },
    write: async (entry) => {
      const file = fileOf({ network: entry.network, ...entry.attachment })
      await makeFolder(folder, 0o700)
      await writeWhole(file, renderEntry(entry), { mode: 0o600 })
    },
    remove: async (key) => {
      await removeFile(fileOf(key))
    },
    list: async () => {
      const names = await listFolder(folder)
      const texts = await Promise.all(names.map((name) => readText(join(folder, name))))
      return texts.flatMap((text) => parseEntry(text ?? '') ?? [])
    },
  }
}

// A file name does not tell (a-b, c) from (a, b-c): what the entry says of itself decides.
function isOf(entry: NonNullable<ReturnType<typeof parseEntry>>, key: AttachmentKey): boolean {
  const { containerId, ifname } = entry.attachment
  return entry.network === key.network && containerId === key.containerId && ifname === key.ifname
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
