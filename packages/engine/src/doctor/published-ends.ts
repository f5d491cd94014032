import { goField, jsonOrNull } from '@vethra/cni'
import { joinHostPort } from '@vethra/container'
import type { DesiredAttachment, ObservedAttachment } from '@vethra/findings'
import type { CachedAttachment } from '@vethra/world'
import { cachedList } from '../attach/cached-list.ts'
import { readPorts } from './desired-attachment.ts'

/** The ports that an attachment publishes, where they are looked for in tables of nftables: portmap's own, ours too where it is a program. */
export function publishedEnds(
  plain: DesiredAttachment | undefined,
  entry: CachedAttachment | undefined,
  ours: boolean,
): Pick<ObservedAttachment, 'published' | 'byNft'> {
  const byNft = entry && publishesByNft(entry)
  if (!plain || !entry || (ours && (!byNft || plain.inTable.includes('ports')))) return {}
  const told = readPorts(entry.attachment)
  const ports = byNft ? told : plain.ports
  if (ports.length === 0) return {}
  const published = ports.map(({ protocol, hostPort, containerPort }) => ({
    ...{ protocol, hostPort },
    ends: plain.addresses.map(({ address }) => joinHostPort(address, containerPort)),
  }))
  return { published, ...(byNft ? { byNft } : {}) }
}

// Of a thousand conf lists few say so: the others need not be parsed for it.
function publishesByNft(entry: CachedAttachment): boolean {
  if (!entry.listText.includes('nftables')) return false
  const plugins = cachedList(entry)?.plugins ?? []
  return plugins.some(
    ({ type, text }) => type === 'portmap' && goField(jsonOrNull(text), 'backend') === 'nftables',
  )
}
