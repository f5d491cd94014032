import type { Membership } from '@vethra/container'
import type { AttachmentKey } from '@vethra/world'

/** The key of a remembered attachment. */
export function keyOf({ network, attachment }: Membership): AttachmentKey {
  return { network, containerId: attachment.containerId, ifname: attachment.ifname }
}

/** An attachment as a membership of which nothing but its key is known: cache and record have the rest. */
export function rememberedOnly({ network, containerId, ifname }: AttachmentKey): Membership {
  const attachment = { containerId, ifname, netns: '', cniArgs: [], capabilityArgs: {} }
  return { network, list: undefined, attachment }
}

/** The same once the network namespace is gone: plugins get no path then. */
export function gone(membership: Membership): Membership {
  return { ...membership, attachment: { ...membership.attachment, netns: '' } }
}
