import type { AttachmentKey } from '@vethra/cni'
import type { Repair, RepairOf, Repairs, RuleEffect } from './repair.ts'

/** A place in which one command of an administrator removes everything, or one thing. */
export type LossPlace = 'table' | 'nat' | 'filter' | 'masquerades' | 'link'

/** The traits of all repairs of one kind. */
export interface RepairKind {
  /** 0 removes the dead, 1 makes networks and bridges, 2 restores the living. */
  readonly phase: number
  /** Where an administrator may remove what it restores. State of ours on disk is in none. */
  readonly place: LossPlace | undefined
  /** Whether it may run plugins as programs. */
  readonly slow: boolean
  /** Whether many of them take one transaction, or one writing of files. */
  readonly shared: boolean
}

/** The effect of a repair, in words: `release 10.4.1.2 of network lan`. */
export function describeRepair(repair: Repair): string {
  return (words[repair.kind] as (each: Repair) => string)(repair)
}

/** The traits of a repair's kind. */
export function kindOf(repair: Repair): RepairKind {
  const { kind } = repair
  const rank = rankOf(repair)
  return {
    phase: firstOfPhases.filter((first) => kinds.indexOf(first) <= rank).length,
    place: places[kind],
    slow: slow.has(kind),
    shared: shared.has(kind),
  }
}

/** The rank of a repair: the lower comes first. */
export function rankOf({ kind }: Repair): number {
  return kinds.indexOf(kind)
}

const firstOfPhases: readonly Repair['kind'][] = ['restore-network', 'reattach']

const places: Readonly<Partial<Record<Repair['kind'], LossPlace>>> = {
  'restore-bridge': 'link',
  reattach: 'link',
  'restore-link': 'link',
  'restore-masquerading': 'nat',
  'restore-rules': 'filter',
  'restore-elements': 'table',
}

const slow: ReadonlySet<string> = new Set(['detach', 'reattach', 'restore-rules', 'publish-ports'])

const shared: ReadonlySet<string> = new Set([
  ...['forget-names', 'remove-hosts', 'restore-masquerading', 'restore-elements'],
])

// In the order in which they are safe.
const words: { readonly [K in keyof Repairs]: (each: RepairOf<K>) => string } = {
  'restore-record': ({ attachment }) =>
    `record again that ${whom(attachment)} is attached by Vethra`,
  'replace-file': ({ file, isFolder }) =>
    `put an empty ${isFolder ? 'folder' : 'file'} in place of ${file}`,
  'restore-files': ({ id, files }) => `write ${files.join(', ')} of container ${id} again`,
  'restore-result': ({ attachment }) => `restore the cache entry of ${whom(attachment)}`,
  detach: ({ attachment }) => `detach ${whom(attachment)}`,
  'remove-rules': ({ containerId, network }) =>
    `remove the firewall rules of container ${containerId} in network ${network}`,
  'remove-elements': ({ owner, extra }) =>
    `remove ${extra ? 'additions to ' : ''}the firewall rules of ${owner.kind === 'network' ? `network ${owner.network}` : whom(owner)}`,
  'release-address': ({ reservation, network }) =>
    `release address ${reservation.address} of network ${network}`,
  'forget-start': ({ id }) => `remove container ${id}, which never started`,
  'forget-names': ({ id }) => `remove the names of container ${id} from its peers' hosts files`,
  'remove-hosts': ({ id }) => `remove the hosts folder of container ${id}, which was removed`,
  'release-name': ({ name, id }) => `release name ${name} of container ${id}`,
  'release-ports': ({ sockets, containerId }) =>
    `free ports ${sockets.join(', ')} of container ${containerId}`,
  'claim-name': ({ name, id }) => `reserve name ${name} for container ${id}`,
  'restore-network': ({ attachment }) =>
    `write the conf list of network ${attachment.network} again`,
  'restore-kept-network': ({ network }) => `write the conf list of network ${network} again`,
  'restore-bridge': ({ bridge: { name, addresses } }) =>
    `restore bridge ${name}${addresses.length > 0 ? ` with ${addresses.join(', ')}` : ''}`,
  reattach: ({ attachment }) => `attach ${whom(attachment)} again`,
  'restore-link': ({ link, attachment }) => `restore interface ${link} of ${whom(attachment)}`,
  'reserve-address': ({ address, attachment }) =>
    `reserve address ${address} for ${whom(attachment)}`,
  'restore-masquerading': ({ attachment }) => `restore masquerading of ${whom(attachment)}`,
  'restore-rules': ({ effects, attachment }) =>
    `restore ${effects.map((each) => effectWords[each]).join(', ')} of ${whom(attachment)}`,
  'restore-elements': ({ attachment }) => `restore the firewall rules of ${whom(attachment)}`,
  'restore-inside': ({ attachment }) => `restore what ${whom(attachment)} lacks inside`,
  'publish-ports': ({ id }) =>
    `publish the ports of container ${id} through the next network that can`,
  'restore-names': ({ id }) => `write the names of container ${id} to its peers' hosts files`,
  'hold-ports': ({ id }) => `hold the published ports of container ${id} again`,
}

const kinds = Object.keys(words)

const effectWords: Readonly<Record<RuleEffect, string>> = {
  admission: 'forwarding',
  isolation: 'isolation',
  ports: 'published ports',
}

function whom({ network, containerId, ifname }: AttachmentKey): string {
  return `${ifname} of container ${containerId} in network ${network}`
}
