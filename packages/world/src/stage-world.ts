import type { ResultDns } from '@vethra/cni'
import type { IpamStore } from '@vethra/ipam'
import type { AttachmentKernel } from './kernel.ts'

/** What plugins that are planned in this process act with. */
export interface StageWorld {
  readonly attachments: AttachmentKernel
  /** The reservations below a folder of networks. */
  readonly ipamAt: (dataDir: string) => IpamStore
  /** What a resolv.conf says. Throws CniError 5 when the file cannot be read. */
  readonly resolvers: (file: string) => Promise<ResultDns>
}
