import { accessSync, constants, lstatSync, type Stats, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errno, fileError } from '@vethra/files'
import type { FolderAccess, OpenEntry, SeenPath } from '@vethra/findings'
import { namesIn } from '@vethra/plugin-exec/programs'

/** The file system that a path is on, or would be on if it were made: `ext4`, `tmpfs`; its magic number in hex where it has no name here. */
export async function fileSystemOf(path: string): Promise<string> {
  try {
    const { type } = await statfs(path)
    return names.get(type) ?? type.toString(16)
  } catch {
    // Missing, or not for us to see: what is above it is.
    return dirname(path) === path ? '' : await fileSystemOf(dirname(path))
  }
}

/** The owner and permission bits of a folder; undefined where it is missing, or not for us to see. Throws CniError 5. */
export async function accessOf(path: string): Promise<FolderAccess | undefined> {
  const seen = statOf(path, statSync)
  return seen && { ...accessOfStat(seen), ...(isReadOnly(path) ? { isReadOnly: true } : {}) }
}

function isReadOnly(path: string): boolean {
  try {
    accessSync(path, constants.W_OK)
    return false
  } catch (error) {
    return errno(error) === 'EROFS'
  }
}

/** Files and folders below a folder that other users own or can write to: the first ten, of 50,000 entries at most. Links are passed over, and what is not for us to see. */
export async function openWithin(folder: string): Promise<readonly OpenEntry[]> {
  const open: OpenEntry[] = []
  let looked = 0
  const waiting = [folder]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    for (const name of namesIn(path)) {
      looked += 1
      if (looked > 50_000 || open.length === 10) return open
      const at = `${path}/${name}`
      const seen = statOf(at)
      if (seen?.isDirectory()) waiting.push(at)
      else if (!seen?.isFile()) continue
      const access = accessOfStat(seen)
      if (!access.isOwn || (access.mode & 0o002) !== 0) open.push({ path: at, access })
    }
  }
  return open
}

/** The kind of each path, in their order: `a file`, `an empty file`, `a folder`, `a link to a folder`, `nothing`. */
export async function whatIsAt(paths: readonly string[]): Promise<readonly SeenPath[]> {
  return paths.map((path) => {
    const seen = statOf(path)
    const isWay = seen?.isSymbolicLink() && statOf(path, statSync)?.isDirectory()
    return { path, what: isWay ? 'a link to a folder' : seen ? whatIs(seen) : 'nothing' }
  })
}

function statOf(path: string, look: (path: string) => Stats = lstatSync): Stats | undefined {
  try {
    // Nearly all are there: without an option it takes a third less.
    return look(path)
  } catch (error) {
    if (unseen.includes(errno(error) ?? '')) return undefined
    throw fileError('look at', path, error)
  }
}

function whatIs(seen: Stats): string {
  if (seen.isFile()) return seen.size === 0 ? 'an empty file' : 'a file'
  if (seen.isDirectory()) return 'a folder'
  if (seen.isSymbolicLink()) return 'a symbolic link'
  if (seen.isFIFO()) return 'a FIFO'
  return seen.isSocket() ? 'a socket' : 'a device'
}

function accessOfStat({ uid, mode }: Pick<Stats, 'uid' | 'mode'>): FolderAccess {
  return { isOwn: uid === 0 || uid === process.geteuid?.(), mode: mode & 0o777 }
}

const unseen: readonly string[] = ['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP']

// statfs(2); overlayfs is not in its list.
const names: ReadonlyMap<number, string> = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
  [0x794c7630, 'overlay'],
  [0xef53, 'ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'zfs'],
  [0x6969, 'nfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb2'],
  [0x00c36400, 'ceph'],
  [0x65735546, 'fuse'],
  [0x01021997, '9p'],
])
