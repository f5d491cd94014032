import { orElse } from '@vethra/cni'
import { libc } from './netlink/libc-in-bun.ts'
import { visit } from './netlink/visit.ts'

const ipv4 = 2
/** SOCK_DGRAM and SOCK_CLOEXEC. */
const datagram = 2 | 0o2000000

/** A socket of the network namespace that a descriptor is of; -1 when the system refuses. */
export function socketIn(namespace: number): number {
  return orElse(() => visit(namespace, () => libc().socket(ipv4, datagram, 0)), -1)
}
