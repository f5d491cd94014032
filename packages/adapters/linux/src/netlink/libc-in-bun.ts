import { dlopen, read } from 'bun:ffi'

/** The calls of libc in use, with their types. */
const calls = {
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
  sendto: { args: ['i32', 'ptr', 'usize', 'i32', 'ptr', 'u32'], returns: 'i64' },
  setns: { args: ['i32', 'i32'], returns: 'i32' },
  setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' },
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  write: { args: ['i32', 'ptr', 'usize'], returns: 'i64' },
} as const

type Libc = ReturnType<typeof dlopen<typeof calls>>['symbols']

let opened: Libc | undefined

/** libc, opened when it is first used: many a start has no use for it. Calls that fail return -1, and `errorNumber` says why. */
export function libc(): Libc {
  opened ??= dlopen('libc.so.6', calls).symbols
  return opened
}

/** setsockopt(2) with an int, or with octets as they are. */
// biome-ignore lint/complexity/useMaxParams: the parameters of getsockopt(2) and setsockopt(2).
export function setOption(
  descriptor: number,
  level: number,
  option: number,
  value: number | NodeJS.TypedArray,
): number {
  const octets = typeof value === 'number' ? Int32Array.of(value) : value
  return libc().setsockopt(descriptor, level, option, octets, octets.byteLength)
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

/** bind(2) to an address as the kernel has it: `struct sockaddr`. */
export function bindTo(descriptor: number, address: Uint8Array): number {
  return libc().bind(descriptor, address, address.length)
}

/** The number of the error of the call just made: errno(3). */
export function errorNumber(): number {
  const place = libc().__errno_location()
  return place === null ? 0 : read.i32(place)
}
