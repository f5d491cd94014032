import { readdir, readFile, readlink } from 'node:fs/promises'
import type { SocketHolder } from '@vethra/world'

/** The processes that have sockets open, by inode, of several the lowest pid; none for those out of sight. Reads every process's open files. */
export async function socketHolders(
  inodes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, SocketHolder>> {
  const holders = new Map<string, SocketHolder>()
  if (inodes.size === 0) return holders
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  for (const pid of pids.toSorted((a, b) => a - b)) {
    const found = (await socketsOf(pid)).filter((each) => inodes.has(each) && !holders.has(each))
    for (const inode of found) holders.set(inode, { pid, command: await commandOf(pid) })
    if (holders.size === inodes.size) break
  }
  return holders
}

async function socketsOf(pid: number): Promise<readonly string[]> {
  const folder = `/proc/${pid}/fd`
  const names = await readdir(folder).catch(nothing)
  const links = await Promise.all(
    names.map((name) => readlink(`${folder}/${name}`).catch(() => '')),
  )
  return links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? [])
}

async function commandOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')).trim()
}

// A process that ended meanwhile, or is not ours to look into, holds nothing that could be named.
function nothing(): readonly string[] {
  return []
}
