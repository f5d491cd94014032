import { programKernel } from '@vethra/linux/programs'
import type { AttachmentKernel } from '@vethra/world'
import { zoneRecords } from './folders-here.ts'

/** The kernel of this host, by ip, tc and nft: for Node, which has no way to netlink sockets. */
export function programsHere(): AttachmentKernel {
  return programKernel({ zoneRecords })
}
