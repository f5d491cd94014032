import type { ResultDns } from '@vethra/cni'
import type { AttachmentKernel } from './attachment-kernel.ts'
import type { IpamStore } from './ipam-store.ts'
import type { PluginRunner } from './plugin-runner.ts'

/** The ports of plugins that are planned in this process. */
export interface StageWorld {
  readonly attachments: AttachmentKernel
  /** The reservations below a folder of networks. */
  readonly ipamAt: (dataDir: string) => Promise<IpamStore>
  /** The `dns` of a resolv.conf. Throws CniError 5 when the file cannot be read. */
  readonly resolvers: (file: string) => Promise<ResultDns>
  /** The administrator's list of the sysctls that tuning may set; undefined without one. Throws CniError 5. Default: there is none. */
  readonly sysctlAllowlist?: () => Promise<string | undefined>
  /** Runs IPAM plugins that are programs. */
  readonly programs: Pick<PluginRunner, 'run'>
}
