import { CniError, type ConfList, isSameNamespace, netnsError, unknownNetwork } from '@vethra/cni'
import { parseConfFile } from '@vethra/conflist'
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

/** Throws CniError 101 when the file of a conf list is gone, 11 when it has other plugins by now. A list without a file passes. */
export async function demandListed(
  { files }: HostTools,
  { name, file, text, plugins }: ConfList,
): Promise<void> {
  if (file === undefined || files === undefined) return
  const now = await files.read(file)
  if (now === undefined) throw unknownNetwork(name)
  // With drop-in plugins the text is not the file's; those come after its own.
  if (now === text) return
  const own = parseConfFile(now, file).plugins
  if (own.every((each, index) => each.text === plugins[index]?.text)) return
  throw new CniError({
    code: 11,
    message: `network ${name} was changed in ${file} while a container was being attached`,
    hint: 'Try again.',
  })
}
