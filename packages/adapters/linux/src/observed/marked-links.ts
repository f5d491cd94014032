import type { FoundLink } from '@vethra/netlink'
import { readMark } from '@vethra/state'
import type { MarkedLink } from '@vethra/world'

/** The links of a host whose alias is the mark of a network or of an attachment. */
export function markedLinks(links: readonly FoundLink[]): readonly MarkedLink[] {
  const names = new Map(links.map(({ index, name }) => [index, name]))
  return links.flatMap(({ name, alias, master }) => {
    const owner = readMark(alias)
    if (owner === undefined || owner.kind === 'host') return []
    const bridge = master === undefined ? undefined : names.get(master)
    return [{ name, owner, ...(bridge === undefined ? {} : { bridge }) }]
  })
}
