import type { AttachmentKey, ContainerRef, NamespaceIdentity } from '@vethra/cni'
import type { PluginWay } from '@vethra/plugins'
import type { CachedAttachment } from './result-cache.ts'

/** That an attachment is ours, and which namespace it is in. */
export interface AttachmentRecord extends AttachmentKey, NamespaceIdentity {
  /** Whose attachment it is; the namespace is empty for what no hook attached. Absent in a record of 0.1. */
  readonly container?: ContainerRef
  /** The path that ADD got: another namespace may be there later. */
  readonly netns: string
  /** The path by which the container joined its namespace, where it got none of its own: that may outlive its process. */
  readonly joined?: string
  /** In the environment of the plugins of its last operation. Absent in records of 0.1. */
  readonly nonce?: string
  /**
   * The operation that has begun, and not ended: the next ADD undoes it first. An ADD with a cache entry has ended; a connect
   * ends where its container is recorded to be in the network. Absent in records of 0.1.
   */
  readonly underWay?: 'ADD' | 'connect' | 'DEL' | 'repair'
  /** The ways that the plugins went, in the list's order. Absent where all ran as programs. */
  readonly ways?: readonly PluginWay[]
  /** With `ways`: the conf list and arguments of ADD, without its result. For a DEL after a kill. */
  readonly asked?: CachedAttachment
  /** The attachment as ADD has made it so far: for a DEL after a kill, or one without a cache entry. */
  readonly made?: CachedAttachment
}

/** Our runtime's record of the attachments that it makes: from before the first plugin of ADD until DEL is done. */
export interface AttachmentRecords {
  /** Replaces what was there; until `flush` a power cut may bring that back. Throws CniError 5. */
  write(record: AttachmentRecord): Promise<void>
  /** Waits until the records that were written without `made` have reached the disk. Throws CniError 5. */
  flush(): Promise<void>
  /** Removes what writers that were killed have left. Default: nothing is ever left. */
  tidy?(): Promise<void>
  /** Undefined when there is none, or it is damaged. */
  read(key: AttachmentKey): Promise<AttachmentRecord | undefined>
  /** Forgets it; none is fine. */
  remove(key: AttachmentKey): Promise<void>
  /** All that can be read, or those of one container, ordered by file name. */
  list(containerId?: string): Promise<readonly AttachmentRecord[]>
}
