import type { Attachment, ConfList, ContainerRef } from '@vethra/cni'
import type { AttachmentKey } from '@vethra/world'

/** One network that a container is in, or is to be in. */
export interface Membership {
  readonly network: string
  /** Undefined when the conf list is gone: the cache serves then. */
  readonly list: ConfList | undefined
  readonly attachment: Attachment
  /** The container of a namespace; absent where a network namespace alone is attached. */
  readonly container?: ContainerRef
  /** The path by which the container joined a namespace that was there before it, and may live on after it. */
  readonly joined?: string
}

/** The key of a remembered attachment. */
export function keyOf({ network, attachment }: Membership): AttachmentKey {
  return { network, containerId: attachment.containerId, ifname: attachment.ifname }
}

/** An attachment as a membership of which nothing but its key is known: what is remembered tells the rest. */
export function rememberedOnly({ network, ...rest }: AttachmentKey): Membership {
  return {
    network,
    list: undefined,
    attachment: { ...rest, netns: '', cniArgs: [], capabilityArgs: {} },
  }
}

/** The same once the network namespace is gone: plugins get no path then. */
export function gone(membership: Membership): Membership {
  return { ...membership, attachment: { ...membership.attachment, netns: '' } }
}
