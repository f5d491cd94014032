import { join } from 'node:path'
import { checkPathComponent, goField, isPathComponent, jsonOrNull } from '@vethra/cni'
import {
  listFolder,
  makeFolder,
  readOwn,
  removeAbandoned,
  removeFile,
  writeWhole,
} from '@vethra/files'
import type { Process } from '@vethra/plugin-exec/programs'

/** The record of a holder: `DIR/<containerId>`. */
export interface HolderRecord {
  readonly containerId: string
  readonly sockets: readonly string[]
  /** Absent from before the holder is started until its number is known. */
  readonly holder?: Process
}

/** The records of holders in a folder (0700), one file a container (0600). */
export interface HolderRecords {
  write(record: HolderRecord): Promise<void>
  /** Undefined when there is none. */
  read(containerId: string): Promise<HolderRecord | undefined>
  remove(containerId: string): Promise<void>
  /** Ordered by container id. */
  list(): Promise<readonly HolderRecord[]>
  /** Removes what writers that were killed have left. */
  tidy(): Promise<void>
}

/** The records in a folder. Throws CniError 5, and 107 for a container id that cannot name a file. */
export function holderRecords(dir: string): HolderRecords {
  const fileOf = (containerId: string): string => {
    checkPathComponent('container id', containerId)
    return join(dir, containerId)
  }
  const read = async (containerId: string) => {
    const text = readOwn(fileOf(containerId))
    return text === undefined ? undefined : parse(containerId, text)
  }
  return {
    read,
    async write(record) {
      await makeFolder(dir, 0o700)
      // It does not outlive a boot, and nor does what it tells of.
      await writeWhole(fileOf(record.containerId), JSON.stringify(record), {
        mode: 0o600,
        sync: false,
      })
    },
    async remove(containerId) {
      await removeFile(fileOf(containerId))
      await removeAbandoned(dir)
    },
    async list() {
      // What no method would take for an id is not a record of ours.
      const ids = (await listFolder(dir)).filter(isPathComponent)
      const records = await Promise.all(ids.map(read))
      return records.filter((each) => each !== undefined)
    },
    tidy: () => removeAbandoned(dir),
  }
}

// A damaged record says that there may be a holder, and no more: it is then looked for.
function parse(containerId: string, text: string): HolderRecord {
  const value = jsonOrNull(text)
  const sockets = goField(value, 'sockets')
  const holder = goField(value, 'holder')
  const [pid, startTime] = [goField(holder, 'pid'), goField(holder, 'startTime')]
  const known = typeof pid === 'number' && pid > 0 && typeof startTime === 'string'
  return {
    containerId,
    sockets: Array.isArray(sockets) ? sockets.map(String) : [],
    ...(known ? { holder: { pid, startTime } } : {}),
  }
}
