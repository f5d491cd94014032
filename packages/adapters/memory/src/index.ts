/**
 * What was attached, on disk: cached results in libcni's files, so that libcni finds ours and we find its, and the
 * record per attachment that makes it ours. Not for deciding what is removed with them.
 */
export { diskAttachmentRecords, type RecordsFolder } from './disk-attachment-records.ts'
export { diskResultCache, type ResultsFolder } from './disk-result-cache.ts'
