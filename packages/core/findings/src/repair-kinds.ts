import type { AttachmentKey } from '@vethra/cni'
import type { TableOwner } from './observed-state.ts'
import type { Repair, RepairOf, Repairs, RuleEffect } from './repair.ts'

/** A place in which one command of an administrator removes everything, or one thing. */
export type LossPlace = 'table' | 'nat' | 'filter' | 'masquerades' | 'link'

/** The traits of all repairs of one kind. */
export interface RepairKind {
  /** 0 removes the dead, 1 makes networks and bridges, 2 restores the living. */
  readonly phase: 0 | 1 | 2
  /** Where an administrator may remove what it restores. State of ours on disk is in none. */
  readonly place?: LossPlace
  /** Whether it may run plugins as programs. Default false. */
  readonly slow?: true
  /** Whether many of them take one transaction, or one writing of files. Default false. */
  readonly shared?: true
}

/** The effect of a repair, in words: `release 10.4.1.2 of network lan`. */
export function describeRepair(repair: Repair): string {
  return (kinds[repair.kind].words as (each: Repair) => string)(repair)
}

/** The traits of a repair's kind. */
export function kindOf({ kind }: Repair): RepairKind {
  return kinds[kind]
}

/** The rank of a repair: the lower comes first. */
export function rankOf({ kind }: Repair): number {
  return ranks.indexOf(kind)
}

// In the order in which they are safe.
const kinds: {
  readonly [K in keyof Repairs]: RepairKind & { readonly words: (each: RepairOf<K>) => string }
} = {
  'restore-record': {
    phase: 0,
    words: ({ attachment }) => `record again that ${whom(attachment)} is attached by Vethra`,
  },
  'replace-file': {
    phase: 0,
    words: ({ file }) => `put an empty file in place of ${file}`,
  },
  'restore-files': {
    phase: 0,
    words: ({ id, files }) => `write ${files.join(', ')} of container ${id} again`,
  },
  'restore-result': {
    phase: 0,
    words: ({ attachment }) => `restore the cache entry of ${whom(attachment)}`,
  },
  detach: { phase: 0, slow: true, words: ({ attachment }) => `detach ${whom(attachment)}` },
  'remove-rules': {
    phase: 0,
    words: (each) =>
      `remove the firewall rules of container ${each.containerId} in network ${each.network}`,
  },
  'remove-elements': {
    phase: 0,
    words: ({ owner, extra }) =>
      `remove ${extra ? 'additions to ' : ''}the firewall rules of ${ownerText(owner)}`,
  },
  'release-address': {
    phase: 0,
    words: ({ reservation, network }) =>
      `release address ${reservation.address} of network ${network}`,
  },
  'forget-names': {
    phase: 0,
    shared: true,
    words: ({ id }) => `remove the names of container ${id} from its peers' hosts files`,
  },
  'remove-hosts': {
    phase: 0,
    shared: true,
    words: ({ id }) => `remove the hosts folder of container ${id}, which was removed`,
  },
  'release-name': { phase: 0, words: ({ name, id }) => `release name ${name} of container ${id}` },
  'release-ports': {
    phase: 0,
    words: (each) => `free ports ${each.sockets.join(', ')} of container ${each.containerId}`,
  },
  'claim-name': { phase: 0, words: ({ name, id }) => `reserve name ${name} for container ${id}` },
  'restore-network': {
    phase: 1,
    words: ({ attachment }) => `write the conf list of network ${attachment.network} again`,
  },
  'restore-kept-network': {
    phase: 1,
    words: ({ network }) => `write the conf list of network ${network} again`,
  },
  'restore-bridge': {
    phase: 1,
    place: 'link',
    words: ({ bridge: { name, addresses } }) =>
      `restore bridge ${name}${addresses.length > 0 ? ` with ${addresses.join(', ')}` : ''}`,
  },
  reattach: {
    phase: 2,
    place: 'link',
    slow: true,
    words: ({ attachment }) => `attach ${whom(attachment)} again`,
  },
  'restore-link': {
    phase: 2,
    place: 'link',
    words: ({ link, attachment }) => `restore interface ${link} of ${whom(attachment)}`,
  },
  'reserve-address': {
    phase: 2,
    words: ({ address, attachment }) => `reserve address ${address} for ${whom(attachment)}`,
  },
  'restore-masquerading': {
    phase: 2,
    place: 'nat',
    shared: true,
    words: ({ attachment }) => `restore masquerading of ${whom(attachment)}`,
  },
  'restore-rules': {
    phase: 2,
    place: 'filter',
    slow: true,
    words: ({ effects, attachment }) =>
      `restore ${effects.map((each) => effectWords[each]).join(', ')} of ${whom(attachment)}`,
  },
  'restore-elements': {
    phase: 2,
    place: 'table',
    shared: true,
    words: ({ attachment }) => `restore the firewall rules of ${whom(attachment)}`,
  },
  'restore-inside': {
    phase: 2,
    words: ({ attachment }) => `restore what ${whom(attachment)} lacks inside`,
  },
  'publish-ports': {
    phase: 2,
    slow: true,
    words: ({ id }) => `publish the ports of container ${id} through the next network that can`,
  },
  'restore-names': {
    phase: 2,
    words: ({ id }) => `write the names of container ${id} to its peers' hosts files`,
  },
  'hold-ports': {
    phase: 2,
    words: ({ id }) => `hold the published ports of container ${id} again`,
  },
}

const ranks = Object.keys(kinds)

const effectWords: Readonly<Record<RuleEffect, string>> = {
  admission: 'forwarding',
  isolation: 'isolation',
  ports: 'published ports',
}

function whom({ network, containerId, ifname }: AttachmentKey): string {
  return `${ifname} of container ${containerId} in network ${network}`
}

function ownerText(owner: TableOwner): string {
  return owner.kind === 'network' ? `network ${owner.network}` : whom(owner)
}
