import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { flockHolders, listFolder, lockKey } from '@vethra/files'

/** The names of a folder's files that another living process holds by flock(2), ascending, by /proc/locks; none without a folder. */
export async function heldByOthers(folder: string): Promise<readonly string[]> {
  const names = await listFolder(folder)
  if (names.length === 0) return []
  const holders = flockHolders()
  const isHeld = (name: string) => {
    const status = lstatSync(join(folder, name), { bigint: true, throwIfNoEntry: false })
    const holder = status && holders.get(lockKey(status))
    return holder !== undefined && holder !== process.pid
  }
  return names.filter(isHeld).toSorted()
}
