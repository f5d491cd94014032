import type { AttachmentRef } from './attachment-ref.ts'
import type { TableOwner } from './observed-state.ts'
import type { Repair } from './repair.ts'

/** The effect of a repair, in words: `release 10.4.1.2 of network lan`. */
export function describeRepair(repair: Repair): string {
  switch (repair.kind) {
    case 'restore-result':
      return `restore the cache entry of ${whom(repair.attachment)}`
    case 'restore-record':
      return `record again that ${whom(repair.attachment)} is attached by Vethra`
    case 'detach':
      return `detach ${whom(repair.attachment)}`
    case 'remove-rules':
      return `remove the firewall rules of container ${repair.containerId} in network ${repair.network}`
    case 'release-address':
      return `release address ${repair.reservation.address} of network ${repair.network}`
    case 'forget-names':
      return `remove the names of container ${repair.id} from its peers' hosts files`
    case 'remove-hosts':
      return `remove the hosts folder of container ${repair.id}, which was removed`
    case 'release-name':
      return `release name ${repair.name} of container ${repair.id}`
    case 'claim-name':
      return `reserve name ${repair.name} for container ${repair.id}`
    case 'release-ports':
      return `free ports ${repair.sockets.join(', ')} of container ${repair.containerId}`
    case 'hold-ports':
      return `hold the published ports of container ${repair.id} again`
    case 'publish-ports':
      return `publish the ports of container ${repair.id} through the next network that can`
    case 'restore-bridge':
      return `restore bridge ${repair.bridge.name}${listed(repair.bridge.addresses, ' with ')}`
    case 'reattach':
      return `attach ${whom(repair.attachment)} again`
    case 'restore-link':
      return `restore interface ${repair.link} of ${whom(repair.attachment)}`
    case 'reserve-address':
      return `reserve address ${repair.address} for ${whom(repair.attachment)}`
    case 'restore-masquerading':
      return `restore masquerading of ${whom(repair.attachment)}`
    case 'restore-rules':
      return `restore ${repair.effects.map((each) => effects[each]).join(', ')} of ${whom(repair.attachment)}`
    case 'restore-elements':
      return `restore the firewall rules of ${whom(repair.attachment)}`
    case 'remove-elements':
      return `remove the firewall rules of ${ownerText(repair.owner)}`
    case 'remove-link':
      return `remove interface ${repair.link} of ${ownerText(repair.owner)}`
    case 'restore-names':
      return `write the names of container ${repair.id} to its peers' hosts files`
  }
}

const effects = {
  admission: 'forwarding',
  isolation: 'isolation',
  ports: 'published ports',
} as const

function whom({ network, containerId, ifname }: AttachmentRef): string {
  return `${ifname} of container ${containerId} in network ${network}`
}

function ownerText(owner: TableOwner): string {
  return owner.kind === 'network' ? `network ${owner.network}` : whom(owner)
}

function listed(items: readonly string[], before: string): string {
  return items.length === 0 ? '' : `${before}${items.join(', ')}`
}
