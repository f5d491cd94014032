import { closeSync, openSync } from 'node:fs'
import { type CniError, netnsError, orElse, systemHint } from '@vethra/cni'
import { explainErrno } from '@vethra/netlink'
import { errorNumber, libc } from './libc-in-bun.ts'

const networkNamespace = 0x40000000

/** Opens the network namespace at a path. Throws CniError 8 when it cannot be opened. */
export function openNamespace(netns: string): number {
  try {
    return openSync(netns, 'r')
  } catch (cause) {
    const isFull = cause instanceof Error && /^E[MN]FILE/.test(cause.message)
    const hint = isFull ? systemHint(cause) : undefined
    throw netnsError(`cannot open network namespace ${netns}`, { cause, ...(hint && { hint }) })
  }
}

/** Runs raw calls of `work` in another network namespace, and comes back; it may start no thread. Throws CniError 8. */
export function visit<T>(namespace: number, work: () => T): T {
  const own = openNamespace('/proc/thread-self/ns/net')
  try {
    // Who may not enter the own one could not come back.
    for (const each of [own, namespace])
      if (libc().setns(each, networkNamespace) !== 0) throw notEntered(errorNumber())
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
  const hint =
    errno === notPermitted
      ? 'Run as root, with CAP_SYS_ADMIN; in a user namespace, in a network namespace of its own, too.'
      : undefined
  return netnsError(`cannot enter a network namespace: ${explainErrno(errno)}`, hint)
}

const ipv4 = 2
/** SOCK_DGRAM and SOCK_CLOEXEC. */
const datagram = 2 | 0o2000000

/** A socket of the network namespace that a descriptor is of; -1 when the system refuses. */
export function socketIn(namespace: number): number {
  return orElse(() => visit(namespace, () => libc().socket(ipv4, datagram, 0)), -1)
}
