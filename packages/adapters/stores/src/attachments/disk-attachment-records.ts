import {
  type Attachment,
  type AttachmentKey,
  type ContainerRef,
  isTexts,
  type Json,
  jsonOrNull,
  parseExactly,
  present,
  readIdentity,
} from '@vethra/cni'
import type { AttachmentRecord, AttachmentRecords, CachedAttachment } from '@vethra/world'
import { attachmentFolder, type Survey } from './attachment-folder.ts'
import { objectOrNone } from './entry.ts'

/** All that a folder of records holds. */
export interface RecordsFolder {
  survey(): Promise<Survey<AttachmentRecord>>
}

/** AttachmentRecords in a folder (0700), one file each (0600) named `NETWORK-CONTAINERID-IFNAME`, as in the result cache. */
export function diskAttachmentRecords({
  dir,
}: {
  readonly dir: string
}): AttachmentRecords & RecordsFolder {
  const { read, write, refuseOthers, ...folder } = attachmentFolder<AttachmentRecord>(dir, {
    nameOf,
    keyOf: (record) => record,
    parse: parseRecord,
  })
  return {
    ...folder,
    write: async (record) => {
      const isNew = record.made === undefined
      if (isNew) refuseOthers(record)
      // What it grows into while ADD goes on is for a kill, not for a power cut.
      await write(record, JSON.stringify(record), { lasting: isNew })
    },
    read: async (key) => read(key),
  }
}

function nameOf({ network, containerId, ifname }: AttachmentKey): string {
  return `${network}-${containerId}-${ifname}`
}

const operations = ['ADD', 'connect', 'DEL', 'repair'] as const

// Written by Vethra alone: keys are as it spells them.
function parseRecord(text: string): AttachmentRecord | undefined {
  // A damaged record counts as none: what it was of is then reported, and not touched.
  const value = objectOrNone(jsonOrNull(text, parseExactly))
  const fields = ['network', 'containerId', 'ifname', 'netns', 'netnsId'].map((key) => value[key])
  if (!isTexts(fields)) return undefined
  const [network = '', containerId = '', ifname = '', netns = ''] = fields
  const key = { network, containerId, ifname }
  const { nonce, joined, underWay } = value
  const [made, asked] = [parseMade(value['made'], key), parseMade(value['asked'], key)]
  const [ways, container] = [parseWays(value['ways']), parseContainer(value['container'])]
  return {
    ...{ network, containerId, ifname, ...present({ container }), netns },
    ...readIdentity(value),
    ...(typeof nonce === 'string' ? { nonce } : {}),
    ...present({ underWay: operations.find((each) => each === underWay) }),
    ...(typeof joined === 'string' ? { joined } : {}),
    ...present({ ways, asked }),
    ...(made?.result === undefined ? {} : { made }),
  }
}

function parseContainer(value: Json | undefined): ContainerRef | undefined {
  const { namespace, id } = objectOrNone(value)
  return typeof namespace === 'string' && typeof id === 'string' ? { namespace, id } : undefined
}

// What we wrote ourselves, whole or not at all: an object that holds the texts is taken as it is.
function parseMade(value: Json | undefined, key: AttachmentKey): CachedAttachment | undefined {
  const { listText, result, attachment } = objectOrNone(value)
  const isOurs = objectOrNone(attachment)['containerId'] === key.containerId
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
  return value.map((each: Json) => {
    const { type, way, ipam } = objectOrNone(each)
    return {
      type: String(type ?? ''),
      way: way === 'native' ? 'native' : 'exec',
      ...(ipam === 'exec' ? { ipam } : {}),
    }
  })
}
