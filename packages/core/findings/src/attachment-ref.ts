import type { AttachmentKey } from '@vethra/cni'

/** An attachment as people read it, and as maps are keyed by: `lan/default-web/eth0`. No part holds a slash. */
export function attachmentText({ network, containerId, ifname }: AttachmentKey): string {
  return `${network}/${containerId}/${ifname}`
}

/** The reference in what has more fields. */
export function refOf({ network, containerId, ifname }: AttachmentKey): AttachmentKey {
  return { network, containerId, ifname }
}
