/**
 * The memory of attachments, on disk: cached results in libcni's files, which libcni and Vethra share, and the
 * record per attachment that makes it ours. Not for deciding what is removed with them.
 */
export { diskAttachmentRecords, type RecordsFolder } from './disk-attachment-records.ts'
export { diskResultCache, type ResultsFolder } from './disk-result-cache.ts'
export { rememberedOnDisk } from './remembered.ts'
