/** The key that distinguishes one attachment from all others on a host. */
export interface AttachmentRef {
  readonly network: string
  readonly containerId: string
  readonly ifname: string
}

/** An attachment as people read it, and as maps are keyed by: `lan/default-web/eth0`. No part holds a slash. */
export function attachmentText({ network, containerId, ifname }: AttachmentRef): string {
  return `${network}/${containerId}/${ifname}`
}

/** The reference in what has more fields. */
export function refOf({ network, containerId, ifname }: AttachmentRef): AttachmentRef {
  return { network, containerId, ifname }
}
