import { isSameNamespace, netnsError } from '@vethra/cni'
import type { AttachmentRecord } from '@vethra/world'
import type { HostTools } from './host-tools.ts'

/** Throws CniError 8 when the namespace of a record has ended, or is certainly another: a process id is reused. */
export async function demandUnchanged(
  { netns }: Pick<HostTools, 'netns'>,
  record: Pick<AttachmentRecord, 'netns' | 'netnsId' | 'cookie' | 'bootId' | 'containerId'>,
): Promise<void> {
  const seen = await netns.look(record.netns)
  if (seen.found === 'namespace' && isSameNamespace(record, seen) !== false) return
  throw netnsError(
    `namespace ${record.netns} of container ${record.containerId} has ended while it was attached`,
  )
}
