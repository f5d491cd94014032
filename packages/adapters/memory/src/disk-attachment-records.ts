import { join } from 'node:path'
import {
  type Attachment,
  CniError,
  type ContainerRef,
  goField,
  type Json,
  parseExactly,
  readIdentity,
} from '@vethra/cni'
import {
  listFolder,
  makeFolder,
  pendingSync,
  readOwn,
  removeAbandoned,
  removeFile,
  writeWhole,
} from '@vethra/files'
import type {
  AttachmentKey,
  AttachmentRecord,
  AttachmentRecords,
  CachedAttachment,
} from '@vethra/world'

/** All that a folder of records holds. */
export interface RecordsFolder {
  /** Every record, and the paths of files that are none any more, both by file name. */
  survey(): Promise<{
    readonly records: readonly AttachmentRecord[]
    readonly damaged: readonly string[]
  }>
}

/**
 * AttachmentRecords in a folder (0700), one file an attachment (0600) named `NETWORK-CONTAINERID-IFNAME`
 * as in the result cache, whose `check` has refused names that could be taken for others.
 */
export function diskAttachmentRecords({
  dir,
}: {
  readonly dir: string
}): AttachmentRecords & RecordsFolder {
  const fileOf = ({ network, containerId, ifname }: AttachmentKey) =>
    join(dir, `${network}-${containerId}-${ifname}`)
  const sync = pendingSync()
  return {
    write: async (record) => {
      await makeFolder(dir, 0o700)
      const file = fileOf(record)
      if (record.made === undefined) refuseOthers(file, record)
      await writeWhole(file, JSON.stringify(record), { mode: 0o600, sync: false })
      // What it grows into while ADD goes on is for a kill, not for a power cut.
      if (record.made === undefined) sync.add(file)
    },
    flush: sync.flush,
    read: async (key) => {
      const record = parseRecord(readOwn(fileOf(key)) ?? '')
      return record && isOf(record, key) ? record : undefined
    },
    remove: async (key) => {
      const file = fileOf(key)
      if (othersIn(file, key) === undefined) await removeFile(file)
      await removeAbandoned(dir)
    },
    list: async (containerId) => {
      const names = await listFolder(dir)
      // What is of one container has its id in the name; what the record says then decides.
      const wanted = names.filter((name) => !containerId || name.includes(`-${containerId}-`))
      const records = wanted.flatMap((name) => parseRecord(readOwn(join(dir, name)) ?? '') ?? [])
      return records.filter((each) => !containerId || each.containerId === containerId)
    },
    survey: async () => {
      const records: AttachmentRecord[] = []
      const damaged: string[] = []
      for (const name of await listFolder(dir)) {
        const text = readOwn(join(dir, name))
        // One that is gone meanwhile is not damaged.
        const record = text === undefined ? 'gone' : parseRecord(text)
        if (record === undefined) damaged.push(join(dir, name))
        else if (record !== 'gone') records.push(record)
      }
      return { records, damaged }
    },
  }
}

// As the result cache refuses it: the file name does not tell (a-b, c) from (a, b-c).
function refuseOthers(file: string, key: AttachmentKey): void {
  const other = othersIn(file, key)
  if (other === undefined) return
  throw new CniError({
    code: 7,
    message: `the names make the file name ${file}, which is that of network ${other.network} and container ${other.containerId}`,
    hint: 'Use another container id or network name: joined by dashes these two are the same.',
  })
}

function othersIn(file: string, key: AttachmentKey): AttachmentRecord | undefined {
  const record = parseRecord(readOwn(file) ?? '')
  return record && !isOf(record, key) ? record : undefined
}

function isOf(record: AttachmentRecord, key: AttachmentKey): boolean {
  return (['network', 'containerId', 'ifname'] as const).every(
    (field) => record[field] === key[field],
  )
}

function parseRecord(text: string): AttachmentRecord | undefined {
  const value = decode(text)
  const fields = ['network', 'containerId', 'ifname', 'netns', 'netnsId'].map((key) =>
    goField(value, key),
  )
  if (!fields.every((field) => typeof field === 'string')) return undefined
  const [network = '', containerId = '', ifname = '', netns = ''] = fields
  const key = { network, containerId, ifname }
  const made = parseMade(goField(value, 'made') ?? null, key)
  const asked = parseMade(goField(value, 'asked') ?? null, key)
  const ways = parseWays(goField(value, 'ways'))
  const nonce = goField(value, 'nonce')
  const joined = goField(value, 'joined')
  const container = parseContainer(goField(value, 'container') ?? null)
  return {
    ...{ network, containerId, ifname, ...(container === undefined ? {} : { container }), netns },
    ...readIdentity(value),
    ...(typeof nonce === 'string' ? { nonce } : {}),
    ...(typeof joined === 'string' ? { joined } : {}),
    ...(ways === undefined ? {} : { ways }),
    ...(asked === undefined ? {} : { asked }),
    ...(made?.result === undefined ? {} : { made }),
  }
}

function parseContainer(value: Json): ContainerRef | undefined {
  const namespace = goField(value, 'namespace')
  const id = goField(value, 'id')
  return typeof namespace === 'string' && typeof id === 'string' ? { namespace, id } : undefined
}

// What we wrote ourselves, whole or not at all: an object that holds the texts is taken as it is.
function parseMade(value: Json, key: AttachmentKey): CachedAttachment | undefined {
  const listText = goField(value, 'listText')
  const result = goField(value, 'result')
  const attachment = goField(value, 'attachment')
  const isOurs = goField(attachment ?? null, 'containerId') === key.containerId
  const hasResult = typeof result === 'string'
  if (typeof listText !== 'string' || (result !== undefined && !hasResult) || !isOurs)
    return undefined
  return {
    network: key.network,
    attachment: attachment as unknown as Attachment,
    listText,
    ...(hasResult ? { result } : {}),
  }
}

function parseWays(value: Json | undefined): AttachmentRecord['ways'] {
  if (!Array.isArray(value)) return undefined
  return value.map((each: Json) => ({
    type: String(goField(each, 'type') ?? ''),
    way: goField(each, 'way') === 'native' ? 'native' : 'exec',
  }))
}

function decode(text: string): Json {
  try {
    return parseExactly(text)
  } catch {
    // A damaged record counts as none: what it was of is then reported, and not touched.
    return null
  }
}
