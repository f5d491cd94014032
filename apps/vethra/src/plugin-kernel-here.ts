import { netlinkKernel } from '@vethra/linux/netlink'
import type { AttachmentKernel } from '@vethra/world'
import { zoneRecords } from './folders-here.ts'

export { hasIptablesChain } from '@vethra/linux/netlink'

/** The kernel of this host, by netlink sockets. */
export const kernel: AttachmentKernel = netlinkKernel({ zoneRecords })
