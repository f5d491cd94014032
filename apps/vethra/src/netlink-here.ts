import { leaseResolvers, netlinkKernel } from '@vethra/linux/netlink'
import type { AttachmentKernel } from '@vethra/world'
import { zoneRecords } from './folders-here.ts'

/** The kernel of this host, over netlink sockets: for bun. */
export function netlinkHere(): AttachmentKernel {
  return netlinkKernel({ zoneRecords })
}

export { leaseResolvers }
