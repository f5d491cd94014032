import { closeSync, openSync } from 'node:fs'
import { type CniError, netnsError } from '@vethra/cni'
import { explainErrno } from '@vethra/netlink'
import { errorNumber, libc } from './libc-in-bun.ts'

const networkNamespace = 0x40000000

/** Opens the network namespace at a path. Throws CniError 8 when it cannot be opened. */
export function openNamespace(netns: string): number {
  try {
    return openSync(netns, 'r')
  } catch (cause) {
    throw netnsError(`cannot open network namespace ${netns}`, { cause })
  }
}

/** Runs raw calls of `work` in another network namespace, and comes back; it may start no thread. Throws CniError 8. */
export function visit<T>(namespace: number, work: () => T): T {
  const own = openSync('/proc/thread-self/ns/net', 'r')
  try {
    if (libc().setns(namespace, networkNamespace) !== 0) throw notEntered(errorNumber())
    try {
      return work()
    } finally {
      // Whatever came next would be done to the container's network in place of the host's.
      if (libc().setns(own, networkNamespace) !== 0) process.abort()
    }
  } finally {
    closeSync(own)
  }
}

const notPermitted = 1

function notEntered(errno: number): CniError {
  const hint = errno === notPermitted ? 'Run as root, with CAP_SYS_ADMIN.' : undefined
  return netnsError(`cannot enter a network namespace: ${explainErrno(errno)}`, hint)
}
