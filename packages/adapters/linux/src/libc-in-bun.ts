import { dlopen } from 'bun:ffi'
import { closeSync, openSync } from 'node:fs'

const networkNamespace = 0x40000000
const ipv4 = 2
/** SOCK_DGRAM and SOCK_CLOEXEC. */
const datagram = 2 | 0o2000000

/**
 * A socket of the network namespace that a descriptor is of: this thread goes there and comes back before
 * anything else can run on it. -1 when the system refuses.
 */
export function socketIn(namespace: number): number {
  const own = openSync('/proc/thread-self/ns/net', 'r')
  try {
    if (libc.setns(namespace, networkNamespace) !== 0) return -1
    const socket = libc.socket(ipv4, datagram, 0)
    // Whatever came next would be done to the container's network in place of the host's.
    if (libc.setns(own, networkNamespace) !== 0) throw new Error('cannot return from a namespace')
    return socket
  } finally {
    closeSync(own)
  }
}

/** ioctl(2). */
export function ioctl(descriptor: number, request: bigint, value: NodeJS.TypedArray): number {
  return libc.ioctl(descriptor, request, value)
}

/** getsockopt(2), into a value of a known length. */
// biome-ignore lint/complexity/useMaxParams: the parameters of getsockopt(2).
export function getOption(
  socket: number,
  level: number,
  option: number,
  value: NodeJS.TypedArray,
): number {
  return libc.getsockopt(socket, level, option, value, Uint32Array.of(value.byteLength))
}

const { symbols: libc } = dlopen('libc.so.6', {
  getsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'ptr'], returns: 'i32' },
  ioctl: { args: ['i32', 'u64', 'ptr'], returns: 'i32' },
  setns: { args: ['i32', 'i32'], returns: 'i32' },
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
})
