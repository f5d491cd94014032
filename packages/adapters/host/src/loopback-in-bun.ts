import { dlopen } from 'bun:ffi'
import { closeSync, openSync } from 'node:fs'

/**
 * Brings up `lo` in a network namespace by system calls of this thread, which goes there and comes back
 * before anything else can run on it. False when the system refuses: what it says is not to be had here.
 */
export function loopbackUpInBun(netns: string): boolean {
  const own = openSync('/proc/thread-self/ns/net', 'r')
  try {
    const socket = socketIn(netns, own)
    if (socket === -1) return false
    try {
      return setUp(socket)
    } finally {
      closeSync(socket)
    }
  } finally {
    closeSync(own)
  }
}

const networkNamespace = 0x40000000
const ipv4 = 2
/** SOCK_DGRAM and SOCK_CLOEXEC. */
const datagram = 2 | 0o2000000
const getFlags = 0x8913n
const setFlags = 0x8914n
const up = 1
/** In a struct ifreq the flags stand behind the name. */
const flagsAt = 16

// A socket belongs to the namespace that it was made in. -1 when there is none to be had.
function socketIn(netns: string, own: number): number {
  const there = openSync(netns, 'r')
  try {
    if (libc().setns(there, networkNamespace) !== 0) return -1
    const socket = libc().socket(ipv4, datagram, 0)
    // Whatever came next would be done to the container's network in place of the host's.
    if (libc().setns(own, networkNamespace) !== 0) throw new Error('cannot return from a namespace')
    return socket
  } finally {
    closeSync(there)
  }
}

function setUp(socket: number): boolean {
  const request = Buffer.alloc(40)
  request.write('lo')
  if (libc().ioctl(socket, getFlags, request) !== 0) return false
  request.writeUInt16LE(request.readUInt16LE(flagsAt) | up, flagsAt)
  return libc().ioctl(socket, setFlags, request) === 0
}

let opened: ReturnType<typeof open> | undefined

/** Opened when it is first used: many a start has no use for it. */
function libc(): ReturnType<typeof open> {
  opened ??= open()
  return opened
}

function open() {
  return dlopen('libc.so.6', {
    setns: { args: ['i32', 'i32'], returns: 'i32' },
    socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
    ioctl: { args: ['i32', 'u64', 'ptr'], returns: 'i32' },
  }).symbols
}
