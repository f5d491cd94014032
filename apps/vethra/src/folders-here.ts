/** The folder of files that end with a boot. */
export const runtime = '/run/vethra'

/** The folder of the records of attachments that are ours. */
export const attachments = '/var/lib/vethra/attachments'
