import { allPids, socketsOf, textOf } from '@vethra/plugin-exec/programs'
import type { SocketHolder } from '@vethra/world'

/** The processes that have sockets open, by inode, of several the lowest pid; none for those out of sight. Reads every process's open files. */
export async function socketHolders(
  inodes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, SocketHolder>> {
  const holders = new Map<string, SocketHolder>()
  if (inodes.size === 0) return holders
  for (const pid of allPids().toSorted((a, b) => a - b)) {
    const found = socketsOf(pid).filter((each) => inodes.has(each) && !holders.has(each))
    for (const inode of found)
      holders.set(inode, { pid, command: textOf(`/proc/${pid}/comm`).trim() })
    if (holders.size === inodes.size) break
  }
  return holders
}
