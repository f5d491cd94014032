import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errno, fileError } from '@vethra/files'
import type { FolderAccess } from '@vethra/findings'

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
  try {
    const { uid, mode } = await stat(path)
    return { isOwn: uid === 0 || uid === process.geteuid?.(), mode: mode & 0o777 }
  } catch (error) {
    if (unseen.includes(errno(error) ?? '')) return undefined
    throw fileError('look at', path, error)
  }
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
