import { atHome, type Homes, homesOf } from '@vethra/settings'
import { readTextNow } from './read-text-now.ts'

/** The folders of the user whose RootlessKit this process is a child of; undefined on a host of its own. */
export const homes: Homes | undefined = homesHere()

/** The folder of state that ends with a boot. */
export const runtime: string = atHome(homes, '/run/vethra')

/** The folder with a file for each source that was put into a zone of firewalld, and each user of an administrator's chain. */
export const zoneRecords: string = `${runtime}/firewalld`

/** The folder of the records of attachments that are ours. */
export const attachments: string = atHome(homes, '/var/lib/vethra/attachments')

// Nothing is read where no variable speaks of RootlessKit: each start comes here.
function homesHere(): Homes | undefined {
  if (process.env['ROOTLESSKIT_STATE_DIR'] === undefined) return undefined
  const passwd = process.env['HOME'] ? '' : readTextNow('/etc/passwd')
  return homesOf(process.env, readTextNow('/proc/self/uid_map') ?? '', passwd)
}
