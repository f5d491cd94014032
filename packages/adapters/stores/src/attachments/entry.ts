import {
  type AttachmentKey,
  type CniArgs,
  goField,
  isObject,
  type Json,
  type JsonObject,
  jsonOrNull,
  parseExactly,
} from '@vethra/cni'
import type { CachedAttachment } from '@vethra/world'

/** The text of a cache file: libcni's `cniCacheV1`, keys in its order, empty ones left out. */
export function renderEntry({ network, attachment, listText, result }: CachedAttachment): string {
  const { containerId, ifname, netns, cniArgs, capabilityArgs } = attachment
  const head = JSON.stringify({
    kind: 'cniCacheV1',
    containerId,
    config: Buffer.from(listText).toString('base64'),
    ifName: ifname,
    networkName: network,
    ...(netns === '' ? {} : { netns }),
    ...(cniArgs.length === 0 ? {} : { cniArgs }),
    ...(Object.keys(capabilityArgs).length === 0 ? {} : { capabilityArgs }),
  })
  // Spliced, not parsed: what the plugin printed must survive, large integers included.
  return result === undefined ? head : `${head.slice(0, -1)},"result":${result}}`
}

type Decode = (base64: string) => string

/** A decoder of one text after the other: what a thousand attachments of one network were made by is in memory once. */
export function decoder(): Decode {
  let [last, decoded] = ['', '']
  return (base64) => {
    if (base64 !== last) [last, decoded] = [base64, Buffer.from(base64, 'base64').toString()]
    return decoded
  }
}

/** A cache file read back; undefined when it is empty, damaged, of another kind or incomplete. */
export function parseEntry(text: string, decode: Decode): CachedAttachment | undefined {
  // A damaged entry counts as none: it must never block a DEL.
  const value = jsonOrNull(text, parseExactly)
  const kind = goField(value, 'kind')
  const string = (key: string) => {
    const field = goField(value, key)
    return typeof field === 'string' ? field : ''
  }
  const network = string('networkName')
  const ifname = string('ifName')
  if (kind !== 'cniCacheV1' || network === '' || ifname === '') return undefined
  const result = goField(value, 'result')
  return {
    network,
    attachment: {
      containerId: string('containerId'),
      netns: string('netns'),
      ifname,
      cniArgs: pairs(goField(value, 'cniArgs')),
      capabilityArgs: objectOrNone(goField(value, 'capabilityArgs')),
    },
    listText: decode(string('config')),
    ...(result === undefined || result === null ? {} : { result: JSON.stringify(result) }),
  }
}

/** An entry of libcni before 0.8.0: the result alone, the attachment in the file name; damaged ones too. Undefined for JSON without a result. */
export function parseLegacyEntry(text: string, key: AttachmentKey): CachedAttachment | undefined {
  const damaged = jsonOrNull(text, parseExactly) === null && !/^\s*(null\s*)?$/.test(text)
  if (!damaged && !isResultAlone(text)) return undefined
  const { network, containerId, ifname } = key
  return {
    network,
    attachment: { containerId, netns: '', ifname, cniArgs: [], capabilityArgs: {} },
    listText: '',
    result: text.trim(),
  }
}

/** Whether a text is a result and nothing else, as older libcni cached it. */
export function isResultAlone(text: string): boolean {
  const value = jsonOrNull(text, parseExactly)
  const known = ['cniVersion', 'ips', 'ip4', 'ip6', 'interfaces']
  return (
    goField(value, 'kind') === undefined && known.some((each) => goField(value, each) !== undefined)
  )
}

// libcni tolerates pairs that are too short or too long, so entries of other tools may hold some.
function pairs(value: Json | undefined): CniArgs {
  if (!Array.isArray(value)) return []
  return value.map((pair: Json) => {
    const [key, second] = Array.isArray(pair) ? pair : []
    return [String(key ?? ''), String(second ?? '')] as const
  })
}

/** A value that is an object; an empty one in place of any other. */
export function objectOrNone(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}
