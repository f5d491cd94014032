import { dlopen, read } from './ffi.ts'

/** The system calls that are used, each as its man page has it; paths are C strings. */
interface Libc {
  access(path: Uint8Array, mode: number): number
  chmod(path: Uint8Array, mode: number): number
  close(descriptor: number): number
  fchmod(descriptor: number, mode: number): number
  getdents64(descriptor: number, octets: Uint8Array, length: number): number
  mkdir(path: Uint8Array, mode: number): number
  open(path: Uint8Array, flags: number, mode: number): number
  pread(descriptor: number, octets: Uint8Array, length: number, position: number): number
  read(descriptor: number, octets: Uint8Array, length: number): number
  readlink(path: Uint8Array, octets: Uint8Array, length: number): number
  rename(from: Uint8Array, to: Uint8Array): number
  statfs(path: Uint8Array, octets: Uint8Array): number
  statx(folder: number, path: Uint8Array, flags: number, mask: number, octets: Uint8Array): number
  unlink(path: Uint8Array): number
  write(descriptor: number, octets: Uint8Array, length: number): number
}

let opened: ReturnType<typeof open> | undefined
let errnoAt: Parameters<typeof read.i32>[0] | null | undefined

/** The system calls by libc, opened when they are first used. glibc 2.30 or newer has them all. */
export function libc(): Libc {
  opened ??= open()
  return opened
}

/** Why the call just made has failed: errno(3). */
export function errorNumber(): number {
  opened ??= open()
  errnoAt ??= opened.__errno_location()
  return errnoAt === null ? 0 : read.i32(errnoAt)
}

/** A path as C wants it. Throws as node:fs does where it has a NUL, which would end it early. */
export function cString(path: string): Uint8Array {
  if (path.includes('\0')) {
    const received = JSON.stringify(path)
    const message = `The argument 'path' must be a string, Uint8Array, or URL without null bytes. Received ${received}`
    throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_ARG_VALUE' })
  }
  return new TextEncoder().encode(`${path}\0`)
}

// Each costs a start 10 microseconds: what is called rarely is left to node:fs.
function open() {
  return dlopen('libc.so.6', {
    __errno_location: { args: [], returns: 'ptr' },
    access: { args: ['ptr', 'i32'], returns: 'i32' },
    chmod: { args: ['ptr', 'u32'], returns: 'i32' },
    close: { args: ['i32'], returns: 'i32' },
    fchmod: { args: ['i32', 'u32'], returns: 'i32' },
    getdents64: { args: ['i32', 'ptr', 'u64'], returns: 'i32' },
    mkdir: { args: ['ptr', 'u32'], returns: 'i32' },
    open: { args: ['ptr', 'i32', 'u32'], returns: 'i32' },
    pread: { args: ['i32', 'ptr', 'u64', 'i64'], returns: 'i32' },
    read: { args: ['i32', 'ptr', 'u64'], returns: 'i32' },
    readlink: { args: ['ptr', 'ptr', 'u64'], returns: 'i32' },
    rename: { args: ['ptr', 'ptr'], returns: 'i32' },
    statfs: { args: ['ptr', 'ptr'], returns: 'i32' },
    statx: { args: ['i32', 'ptr', 'i32', 'u32', 'ptr'], returns: 'i32' },
    unlink: { args: ['ptr'], returns: 'i32' },
    write: { args: ['i32', 'ptr', 'u64'], returns: 'i32' },
  }).symbols
}
