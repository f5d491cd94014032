import type { AttachmentKey } from '@vethra/cni'
import type { TableOwner } from './observed-state.ts'
import type { Repair } from './repair.ts'

/** The effect of a repair, in words: `release 10.4.1.2 of network lan`. */
export function describeRepair(repair: Repair): string {
  return (words[repair.kind] as (each: Repair) => string)(repair)
}

const words: {
  readonly [K in Repair['kind']]: (each: Extract<Repair, { readonly kind: K }>) => string
} = {
  'restore-result': ({ attachment }) => `restore the cache entry of ${whom(attachment)}`,
  'restore-record': ({ attachment }) =>
    `record again that ${whom(attachment)} is attached by Vethra`,
  detach: ({ attachment }) => `detach ${whom(attachment)}`,
  'remove-rules': ({ containerId, network }) =>
    `remove the firewall rules of container ${containerId} in network ${network}`,
  'release-address': ({ reservation, network }) =>
    `release address ${reservation.address} of network ${network}`,
  'forget-names': ({ id }) => `remove the names of container ${id} from its peers' hosts files`,
  'remove-hosts': ({ id }) => `remove the hosts folder of container ${id}, which was removed`,
  'release-name': ({ name, id }) => `release name ${name} of container ${id}`,
  'claim-name': ({ name, id }) => `reserve name ${name} for container ${id}`,
  'release-ports': ({ sockets, containerId }) =>
    `free ports ${sockets.join(', ')} of container ${containerId}`,
  'hold-ports': ({ id }) => `hold the published ports of container ${id} again`,
  'publish-ports': ({ id }) =>
    `publish the ports of container ${id} through the next network that can`,
  'restore-network': ({ attachment: { network } }) =>
    `write the conf list of network ${network} again`,
  'restore-kept-network': ({ network }) => `write the conf list of network ${network} again`,
  'restore-bridge': ({ bridge }) =>
    `restore bridge ${bridge.name}${listed(bridge.addresses, ' with ')}`,
  reattach: ({ attachment }) => `attach ${whom(attachment)} again`,
  'restore-link': ({ link, attachment }) => `restore interface ${link} of ${whom(attachment)}`,
  'reserve-address': ({ address, attachment }) =>
    `reserve address ${address} for ${whom(attachment)}`,
  'restore-masquerading': ({ attachment }) => `restore masquerading of ${whom(attachment)}`,
  'restore-rules': ({ effects, attachment }) =>
    `restore ${effects.map((each) => effectWords[each]).join(', ')} of ${whom(attachment)}`,
  'restore-elements': ({ attachment }) => `restore the firewall rules of ${whom(attachment)}`,
  'remove-elements': ({ owner, extra }) =>
    `remove ${extra ? 'additions to ' : ''}the firewall rules of ${ownerText(owner)}`,
  'restore-names': ({ id }) => `write the names of container ${id} to its peers' hosts files`,
}

const effectWords = {
  admission: 'forwarding',
  isolation: 'isolation',
  ports: 'published ports',
} as const

function whom({ network, containerId, ifname }: AttachmentKey): string {
  return `${ifname} of container ${containerId} in network ${network}`
}

function ownerText(owner: TableOwner): string {
  return owner.kind === 'network' ? `network ${owner.network}` : whom(owner)
}

function listed(items: readonly string[], before: string): string {
  return items.length === 0 ? '' : `${before}${items.join(', ')}`
}
