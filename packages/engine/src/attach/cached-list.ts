import {
  attempt,
  CniError,
  type ConfList,
  isSpecVersion,
  type JsonObject,
  orElse,
  parseResult,
  type Result,
  renderResult,
} from '@vethra/cni'
import { parseConfList } from '@vethra/conflist'
import { takesPorts } from '@vethra/container'
import type { CachedAttachment } from '@vethra/world'

/** The conf list that ADD ran; undefined when the entry is damaged: that must not block a DEL, and the list at hand serves then. */
export function cachedList({ listText, network }: CachedAttachment): ConfList | undefined {
  const list = orElse(() => parseConfList(listText), undefined)
  return list?.name === network && list.plugins.length > 0 ? list : undefined
}

/** `cachedList` of one entry after the other: a list is read once where many follow that were made by it. */
export function listReader(): typeof cachedList {
  let [last, list]: [CachedAttachment?, ConfList?] = []
  return (made) => {
    if (made.listText !== last?.listText || made.network !== last.network)
      [last, list] = [made, cachedList(made)]
    return list
  }
}

/** The result of a cache entry; undefined where there is none, or it cannot be read. */
export function resultOf(
  entry: { readonly result?: string | undefined } | undefined,
): Result | undefined {
  return orElse(() => parseResult(entry?.result ?? '', '0.1.0').result, undefined)
}

/** A cached result in the version of a list. An unreadable entry must not block a DEL: it is left out. */
export function convertIfReadable(text: string, list: ConfList): string | undefined {
  return orElse(() => convert(text, list), undefined)
}

/** A cached result in the version of a list: plugins are sent the previous result in the version of the request. Throws CniError. */
export function convert(text: string, { name, cniVersion }: ConfList): string {
  const converted = () => {
    const { result, text: same } = parseResult(text, cniVersion)
    if (result.cniVersion === cniVersion || !isSpecVersion(cniVersion)) return same
    return JSON.stringify(renderResult(result, cniVersion).json)
  }
  return attempt(converted, (cause) => {
    const message = `failed to get network ${JSON.stringify(name)} cached result`
    throw new CniError({ code: cause.code, message, cause })
  })
}

/** The port mappings that an attachment publishes, as ADD got them; empty where its network takes none. */
export function portsOf(made: CachedAttachment): readonly JsonObject[] {
  const list = cachedList(made)
  const mappings = made.attachment.capabilityArgs['portMappings']
  return list && takesPorts(list) && Array.isArray(mappings)
    ? (mappings as readonly JsonObject[])
    : []
}
