import type { SignsOfLife } from '@vethra/ipam'
import type { AttachmentRecord } from './attachment-records.ts'
import type { CachedAttachment } from './result-cache.ts'

/** Signs of life that neither caches nor records give. */
export type OtherSigns = Pick<SignsOfLife, 'known' | 'namespaces' | 'running'>

/** The memory of attachments, whichever runtime made them. */
export interface Memory {
  readonly records: readonly AttachmentRecord[]
  readonly cached: readonly CachedAttachment[]
  readonly damaged: readonly DamagedFile[]
}

/** A file of ours, or of libcni, that is damaged. */
export interface DamagedFile {
  readonly of: 'record' | 'result'
  /** Absolute path; its last part is made of network, container id and ifname. */
  readonly file: string
}
