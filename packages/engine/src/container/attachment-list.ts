import { goField, type Json, jsonOrNull } from '@vethra/cni'
import type { CachedAttachment } from '@vethra/world'
import type { ManageTools } from '../network/tools.ts'

/** An attachment as the daemon shows it. */
export interface AttachmentRow {
  readonly Network: string
  /** As plugins know it. */
  readonly ContainerID: string
  readonly Interface: string
  /** A path; empty when none is known. */
  readonly Netns: string
  readonly Addresses: readonly string[]
  /** Whether our runtime recorded it. */
  readonly Ours: boolean
}

/** The attachments that are cached or recorded on this host, by network, container and interface. */
export async function listAttachments(
  { host }: Pick<ManageTools, 'host'>,
  network?: string,
): Promise<readonly AttachmentRow[]> {
  const [cached, records] = await Promise.all([host.cache.list(), host.records.list()])
  const rows = new Map<string, AttachmentRow>()
  for (const { network: Network, containerId, ifname, netns } of records) {
    const row = { Network, ContainerID: containerId, Interface: ifname, Netns: netns }
    rows.set(keyOf(row), { ...row, Addresses: [], Ours: true })
  }
  for (const entry of cached) {
    const { containerId, ifname, netns } = entry.attachment
    const row = { Network: entry.network, ContainerID: containerId, Interface: ifname }
    const recorded = rows.get(keyOf(row))
    const more = { Netns: recorded?.Netns ?? netns, Ours: recorded !== undefined }
    rows.set(keyOf(row), { ...row, ...more, Addresses: addressesOf(entry) })
  }
  return [...rows.entries()]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, row]) => row)
    .filter(({ Network }) => network === undefined || Network === network)
}

function keyOf(row: Pick<AttachmentRow, 'Network' | 'ContainerID' | 'Interface'>): string {
  return [row.Network, row.ContainerID, row.Interface].join(' ')
}

// Of any version of results: before 0.3.0 there was one address a family.
function addressesOf({ result }: CachedAttachment): readonly string[] {
  // What another runtime cached may be anything: there is an attachment all the same.
  const json = jsonOrNull(result ?? 'null')
  const ips = goField(json, 'ips')
  const listed = Array.isArray(ips) ? ips.map((each: Json) => goField(each, 'address')) : []
  const old = (['ip4', 'ip6'] as const).map((key) => goField(goField(json, key), 'ip'))
  return [...listed, ...old].filter((each): each is string => typeof each === 'string')
}
