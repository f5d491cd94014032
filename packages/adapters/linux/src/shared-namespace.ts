import { readlinkSync } from 'node:fs'

/** Whether a process is in our own network, or mount, namespace; false once it has ended. */
export function isInOur(kind: 'net' | 'mnt', pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`) === readlinkSync(`/proc/self/ns/${kind}`)
  } catch {
    return false
  }
}
