/** The folder of files that end with a boot. */
export const runtime = '/run/vethra'

/** The folder with a file for each source that was put into a zone of firewalld. */
export const zoneRecords: string = `${runtime}/firewalld`

/** The folder of the records of attachments that are ours. */
export const attachments = '/var/lib/vethra/attachments'
