/**
 * A record per attachment that our runtime made: what makes it ours. Not for what ADD returned: that is
 * `@vethra/result-cache`.
 */
export { diskAttachmentRecords, type RecordsFolder } from './disk-attachment-records.ts'
