import { readText } from '@vethra/files'
import type { DeletedMount } from '@vethra/world'

/** Mounts of the process in a netns path whose file was removed or replaced; none where the path names no process. */
export async function deletedMounts(netns: string): Promise<readonly DeletedMount[]> {
  const [process] = /^\/proc\/\d+(?=\/ns\/net$)/.exec(netns) ?? []
  return process === undefined ? [] : deletedIn((await readText(`${process}/mountinfo`)) ?? '')
}

/** The mounts of a mountinfo file whose file was removed or replaced (proc_pid_mountinfo(5)). */
export function deletedIn(mountinfo: string): readonly DeletedMount[] {
  const mounts = mountinfo.split('\n').map((line) => line.split(' '))
  return mounts.flatMap(([, , , root = '', point = '']) =>
    root.endsWith('//deleted') ? { point, file: root.slice(0, -'//deleted'.length) } : [],
  )
}
