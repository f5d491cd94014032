import type { CniError } from '@vethra/cni'
import type { PluginChoice } from '@vethra/plugins'
import type { AttachmentKernel, AttachmentRecords, NamespaceFacts, StepLog } from '@vethra/world'
import type { AttachTools } from './attach.ts'
import type { TurnTools } from './take-turns.ts'

/** The parts that make attachments on a host that others use at the same time. */
export interface HostTools extends AttachTools, TurnTools {
  /** The mark that makes an attachment ours. */
  readonly records: AttachmentRecords
  /** The facts about namespaces and processes. */
  readonly netns: NamespaceFacts
  /** Which plugins of an ADD run in this process. Default: none. */
  readonly plugins?: PluginChoice
  /** The kernel, for what plugins in this process made. Absent where none can run in it. */
  readonly kernel?: () => Promise<AttachmentKernel>
  /** Called for each step of an operation. Default: none. */
  readonly steps?: StepLog
  /** Gets what may remain of an attachment that is forgotten without having been undone whole. Default: dropped. */
  readonly onRemains?: (remains: CniError) => void
}
