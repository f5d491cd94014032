import type { Attachment, AttachmentKey } from '@vethra/cni'

/** An attachment as it was made: what its removal needs, whatever has become of the conf list since. */
export interface CachedAttachment {
  readonly network: string
  readonly attachment: Attachment
  /** The text of the conf list that ADD ran. Empty in entries of older libcni, which kept the result alone. */
  readonly listText: string
  /** The JSON text of the final result, in the version that it was written in. */
  readonly result?: string
}

/** Where attachments are remembered between ADD and DEL. */
export interface ResultCache {
  /** Throws CniError 7 when the key has no place, or its place is another attachment's: to be asked before anything runs. */
  check(key: AttachmentKey): Promise<void>
  /** Undefined when there is none, or nothing can be made of it: that never blocks a DEL. Whether `result` is one is not looked at. */
  read(key: AttachmentKey): Promise<CachedAttachment | undefined>
  /** Replaces what was there, whole; until `flush` a power cut may bring that back. Throws CniError 5 naming the file. */
  write(entry: CachedAttachment): Promise<void>
  /** Waits until what was written has reached the disk. Throws CniError 5. */
  flush(): Promise<void>
  /** Removes what writers that were killed have left. Default: nothing is ever left. */
  tidy?(): Promise<void>
  /** Forgets the attachment; none is fine. */
  remove(key: AttachmentKey): Promise<void>
  /** All attachments that can be read, or those of one container, ordered by file name. */
  list(containerId?: string): Promise<readonly CachedAttachment[]>
}
