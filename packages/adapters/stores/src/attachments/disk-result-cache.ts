import { join } from 'node:path'
import { type AttachmentKey, confError } from '@vethra/cni'
import type { CachedAttachment, ResultCache } from '@vethra/world'
import { attachmentFolder, type Survey } from './attachment-folder.ts'
import { decoder, isResultAlone, parseEntry, parseLegacyEntry, renderEntry } from './entry.ts'

/** All that a folder of cached results holds; files of older libcni, the result alone, are left out. */
export interface ResultsFolder {
  survey(): Promise<Survey<CachedAttachment>>
}

/** A ResultCache in `DIR/results` (0700), one file an attachment (0600), named as libcni does. Entries are replaced by rename. */
export function diskResultCache({ dir }: { readonly dir: string }): ResultCache & ResultsFolder {
  const decode = decoder()
  const parse = (text: string) => parseEntry(text, decode)
  const { read, write, refuseOthers, ...folder } = attachmentFolder<CachedAttachment>(
    join(dir, 'results'),
    {
      nameOf: fileName,
      keyOf,
      parse,
      parseOf: (text, key) => parse(text) ?? parseLegacyEntry(text, key),
      isForeign: isResultAlone,
    },
  )
  return {
    ...folder,
    check: async (key) => refuseOthers(key),
    read: async (key) => read(key),
    write: (entry) => write(keyOf(entry), renderEntry(entry), { lasting: true }),
  }
}

function keyOf({ network, attachment: { containerId, ifname } }: CachedAttachment): AttachmentKey {
  return { network, containerId, ifname }
}

function fileName({ network, containerId, ifname }: AttachmentKey): string {
  const name = `${network}-${containerId}-${ifname}`
  if (network === '' || containerId === '' || ifname === '') {
    throw confError(
      `cache file path requires network name ("${network}"), container ID ("${containerId}"), and interface name ("${ifname}")`,
    )
  }
  if (Buffer.byteLength(name) > 255 || name.includes('/') || name.includes('\0')) {
    throw confError(
      `the names of network, container and interface make no file name together: ${JSON.stringify(name.slice(0, 300))}`,
      'Use a shorter network name or container id: together with the interface at most 253 octets, and no "/".',
    )
  }
  return name
}
