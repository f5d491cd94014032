import type { AttachmentKey } from '@vethra/cni'
import type { Membership } from '@vethra/container'

/** The key of an attachment, wanted or made. */
export function keyOf(given: Pick<Membership, 'network' | 'attachment'>): AttachmentKey {
  const {
    network,
    attachment: { containerId, ifname },
  } = given
  return { network, containerId, ifname }
}

/** An attachment as a membership of which nothing but its key is known: cache and record have the rest. */
export function rememberedOnly({ network, containerId, ifname }: AttachmentKey): Membership {
  const attachment = { containerId, ifname, netns: '', cniArgs: [], capabilityArgs: {} }
  return { network, list: undefined, attachment }
}

/** The membership at another path of a network namespace. */
export function atNetns(membership: Membership, netns: string): Membership {
  return { ...membership, attachment: { ...membership.attachment, netns } }
}

/** The membership without the path of its network namespace, as plugins get it once that is gone. */
export function withoutNetns(membership: Membership): Membership {
  return atNetns(membership, '')
}

type Interface = Pick<AttachmentKey, 'ifname'>

/** The order of a container's interfaces: `eth10` comes after `eth9`. */
export function byInterface(a: Interface, b: Interface): number {
  return a.ifname.length - b.ifname.length || (a.ifname < b.ifname ? -1 : 1)
}
