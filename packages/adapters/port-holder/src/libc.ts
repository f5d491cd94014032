import { dlopen, read } from 'bun:ffi'

/** socket(2). */
export function socket(family: number, type: number, protocol: number): number {
  return libc.socket(family, type, protocol)
}

/** setsockopt(2). */
// biome-ignore lint/complexity/useMaxParams: the parameters of setsockopt(2).
export function setOption(
  descriptor: number,
  level: number,
  option: number,
  value: Uint8Array,
): number {
  return libc.setsockopt(descriptor, level, option, value, value.length)
}

/** bind(2). */
export function bind(descriptor: number, address: Uint8Array): number {
  return libc.bind(descriptor, address, address.length)
}

/** listen(2). */
export function listen(descriptor: number, backlog: number): number {
  return libc.listen(descriptor, backlog)
}

/** The number of the error of the call just made: errno(3). */
export function errorNumber(): number {
  const place = libc.__errno_location()
  return place === null ? 0 : read.i32(place)
}

const { symbols: libc } = dlopen('libc.so.6', {
  __errno_location: { args: [], returns: 'ptr' },
  bind: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  listen: { args: ['i32', 'i32'], returns: 'i32' },
  setsockopt: { args: ['i32', 'i32', 'i32', 'ptr', 'u32'], returns: 'i32' },
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
})
