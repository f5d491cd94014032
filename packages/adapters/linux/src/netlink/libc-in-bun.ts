import { dlopen, read } from 'bun:ffi'

/** socket(2). */
export function socket(family: number, type: number, protocol: number): number {
  return libc().socket(family, type, protocol)
}

/** bind(2) of a netlink socket, to a port that the kernel chooses. */
export function bindNetlink(descriptor: number): number {
  const address = new Uint8Array(12)
  address[0] = 16
  return libc().bind(descriptor, address, address.length)
}

/** bind(2) to an address as the kernel has it: `struct sockaddr`. */
export function bindTo(descriptor: number, address: Uint8Array): number {
  return libc().bind(descriptor, address, address.length)
}

/** listen(2). */
export function listenOn(descriptor: number, backlog: number): number {
  return libc().listen(descriptor, backlog)
}

/** setns(2): moves the calling thread alone. */
export function setNamespace(descriptor: number, kind: number): number {
  return libc().setns(descriptor, kind)
}

/** setsockopt(2) with an int. */
// biome-ignore lint/complexity/useMaxParams: the parameters of getsockopt(2) and setsockopt(2).
export function setOption(
  descriptor: number,
  level: number,
  option: number,
  value: number,
): number {
  return libc().setsockopt(descriptor, level, option, Int32Array.of(value), 4)
}

/** ioctl(2). */
export function ioctl(descriptor: number, request: bigint, value: NodeJS.TypedArray): number {
  return libc().ioctl(descriptor, request, value)
}

/** getsockopt(2) with room for what it gives: 0, or -1. */
// biome-ignore lint/complexity/useMaxParams: the parameters of getsockopt(2) and setsockopt(2).
export function getOption(
  descriptor: number,
  level: number,
  option: number,
  value: NodeJS.TypedArray,
): number {
  return libc().getsockopt(descriptor, level, option, value, Uint32Array.of(value.byteLength))
}

/** send(2) to the kernel. */
export function send(descriptor: number, octets: Uint8Array): number {
  return Number(libc().send(descriptor, octets, octets.length, 0))
}

/** MSG_DONTWAIT, and MSG_TRUNC: the true length of a datagram that is cut short. */
const receiveFlags = 0x40 | 0x20

/** recv(2) without waiting: the length of the datagram, which may be beyond the buffer. */
export function receive(descriptor: number, buffer: Uint8Array): number {
  return Number(libc().recv(descriptor, buffer, buffer.length, receiveFlags))
}

/** recvmmsg(2) without waiting, into `count` of `struct mmsghdr`: how many datagrams there were, or -1. */
export function receiveMany(descriptor: number, headers: Uint8Array, count: number): number {
  return libc().recvmmsg(descriptor, headers, count, 0x40, null)
}

/** sendmmsg(2) without waiting, of `count` of `struct mmsghdr`: how many datagrams the system took, or -1. */
export function sendMany(descriptor: number, headers: Uint8Array, count: number): number {
  return libc().sendmmsg(descriptor, headers, count, 0x40)
}

/** open(2) of a path that ends in NUL: a descriptor, or -1. */
export function openPath(path: Uint8Array, flags: number): number {
  return libc().open(path, flags, 0)
}

/** read(2). */
export function readInto(descriptor: number, buffer: Uint8Array): number {
  return Number(libc().read(descriptor, buffer, buffer.length))
}

/** write(2). */
export function writeFrom(descriptor: number, octets: Uint8Array): number {
  return Number(libc().write(descriptor, octets, octets.length))
}

/** close(2). */
export function closeDescriptor(descriptor: number): number {
  return libc().close(descriptor)
}

/** The number of the error of the call just made: errno(3). */
export function errorNumber(): number {
  const place = libc().__errno_location()
  return place === null ? 0 : read.i32(place)
}

let opened: ReturnType<typeof open> | undefined

/** Opened when it is first used: many a start has no use for it. */
function libc(): ReturnType<typeof open> {
  opened ??= open()
  return opened
}

function open() {
  return dlopen('libc.so.6', {
    __errno_location: { args: [], returns: 'ptr' },
    bind: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
    close: { args: ['i32'], returns: 'i32' },
    getsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'ptr'], returns: 'i32' },
    ioctl: { args: ['i32', 'u64', 'ptr'], returns: 'i32' },
    listen: { args: ['i32', 'i32'], returns: 'i32' },
    open: { args: ['ptr', 'i32', 'i32'], returns: 'i32' },
    read: { args: ['i32', 'ptr', 'usize'], returns: 'i64' },
    recv: { args: ['i32', 'ptr', 'usize', 'i32'], returns: 'i64' },
    recvmmsg: { args: ['i32', 'ptr', 'u32', 'i32', 'ptr'], returns: 'i32' },
    send: { args: ['i32', 'ptr', 'usize', 'i32'], returns: 'i64' },
    sendmmsg: { args: ['i32', 'ptr', 'u32', 'i32'], returns: 'i32' },
    setns: { args: ['i32', 'i32'], returns: 'i32' },
    setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' },
    write: { args: ['i32', 'ptr', 'usize'], returns: 'i64' },
    socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  }).symbols
}
