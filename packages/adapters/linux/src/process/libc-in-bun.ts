import { CString, dlopen, type Pointer, ptr, read } from 'bun:ffi'
import { CniError } from '@vethra/cni'

// Each call of an OCI runtime comes this way, and node:fs would cost it 1 ms.

const { symbols: libc } = dlopen('libc.so.6', {
  __errno_location: { args: [], returns: 'ptr' },
  access: { args: ['ptr', 'i32'], returns: 'i32' },
  close: { args: ['i32'], returns: 'i32' },
  closedir: { args: ['ptr'], returns: 'i32' },
  execv: { args: ['ptr', 'ptr'], returns: 'i32' },
  fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  open: { args: ['ptr', 'i32'], returns: 'i32' },
  opendir: { args: ['ptr'], returns: 'ptr' },
  pread: { args: ['i32', 'ptr', 'u32', 'i64'], returns: 'i32' },
  prlimit64: { args: ['i32', 'i32', 'ptr', 'ptr'], returns: 'i32' },
  readdir: { args: ['ptr'], returns: 'ptr' },
  readlink: { args: ['ptr', 'ptr', 'u32'], returns: 'i32' },
  setenv: { args: ['ptr', 'ptr', 'i32'], returns: 'i32' },
  signal: { args: ['i32', 'ptr'], returns: 'ptr' },
  statx: { args: ['i32', 'ptr', 'i32', 'u32', 'ptr'], returns: 'i32' },
  strerror: { args: ['i32'], returns: 'ptr' },
})

/** Whether this process may run a file. */
export function isExecutable(path: string): boolean {
  return libc.access(cText(path), executable) === 0
}

/** Has a descriptor stay open in the program that this process becomes. */
export function keepOpen(descriptor: number): void {
  libc.fcntl(descriptor, setDescriptorFlags, 0)
}

/** Has a signal do what it does in a new process. */
export function resetSignal(signal: number): void {
  libc.signal(signal, null)
}

/** The limits of open files of a process, 0 for this one: an rlimit64. Undefined where the process is missing or out of reach. */
export function openFilesOf(pid: number): Uint32Array | undefined {
  const limits = new Uint32Array(4)
  return libc.prlimit64(pid, openFiles, null, limits) === 0 ? limits : undefined
}

/** Sets the limits of open files of this process. */
export function limitOpenFiles(limits: Uint32Array): void {
  libc.prlimit64(0, openFiles, limits, null)
}

/** Sets a variable in the environment of the program that this process becomes; `process.env` is another. */
export function setVariable(name: string, value: string): void {
  libc.setenv(cText(name), cText(value), 1)
}

/** Becomes a program, with arguments at these addresses: execv(3). Returns where that fails. */
export function execute(program: Uint8Array, argv: readonly number[]): void {
  libc.execv(program, addressList(argv))
}

/** A text as C has it: in UTF-8, with a NUL at its end. */
export function cText(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`)
}

/** The number of the error of the last call. */
export function errorNumber(): number {
  const place = libc.__errno_location()
  return place === null ? 0 : read.i32(place)
}

/** The sentence of an error number, as strerror(3) has it. */
export function errorText(number: number): string {
  const text = libc.strerror(number)
  return text === null ? String(number) : String(new CString(text))
}

/** ENOENT. */
export const missing: number = 2

/** The status of a file, by statx(2). */
export interface FileStatus {
  readonly isRegular: boolean
  readonly size: number
  /** Differs between two files that exist at the same time. */
  readonly identity: string
}

/** The status of a file, behind links; undefined where it is missing or out of reach. A number is an open file. */
export function statusOf(file: string | number): FileStatus | undefined {
  const found = new Uint32Array(64)
  const [descriptor, path, flags] =
    typeof file === 'number' ? [file, '', emptyPath] : [workingDirectory, file, 0]
  if (libc.statx(descriptor, cText(path), flags, basicStatus, found) !== 0) return undefined
  const word = (at: number) => found[at / 4] ?? 0
  return {
    isRegular: (word(modeAt) & 0xf000) === 0x8000,
    size: word(sizeAt) + word(sizeAt + 4) * 2 ** 32,
    identity: [deviceAt, deviceAt + 4, inodeAt, inodeAt + 4].map(word).join(':'),
  }
}

/** The octets of a file from an offset on; undefined where it cannot be read. */
export function readOctets(path: string, from = 0): Uint8Array | undefined {
  const descriptor = openNow(path)
  if (descriptor < 0) return undefined
  try {
    return readOpen(descriptor, from)
  } finally {
    libc.close(descriptor)
  }
}

/**
 * The text of a file; undefined where there is none. Throws CniError 5 for one that cannot be read, is no regular file,
 * or is larger than 16 MiB.
 */
export function readTextOf(path: string): string | undefined {
  const descriptor = openNow(path)
  if (descriptor < 0) {
    const fault = errorNumber()
    if (fault === missing) return undefined
    throw unreadable(path, errorText(fault))
  }
  try {
    // Of what was opened, and not of what is at the path by then; a FIFO is not waited for.
    const status = statusOf(descriptor)
    if (status?.isRegular !== true) throw unreadable(path, 'it is not a regular file')
    if (status.size > largest) throw unreadable(path, `it is larger than ${largest} octets`)
    const octets = readOpen(descriptor, 0)
    if (octets === undefined) throw unreadable(path, errorText(errorNumber()))
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(octets)
  } finally {
    libc.close(descriptor)
  }
}

/** The names in a folder, in no order; empty where it cannot be read. */
export function namesIn(folder: string): readonly string[] {
  const names: string[] = []
  const open = libc.opendir(cText(folder))
  if (open === null) return names
  for (let entry = libc.readdir(open); entry !== null; entry = libc.readdir(open)) {
    names.push(String(new CString((Number(entry) + nameAt) as Pointer)))
  }
  libc.closedir(open)
  return names
}

/** The target of a symbolic link; undefined where there is none. */
export function targetOf(link: string): string | undefined {
  const room = new Uint8Array(4096)
  const length = libc.readlink(cText(link), room, room.length)
  return length < 0
    ? undefined
    : new TextDecoder('utf-8', { ignoreBOM: true }).decode(room.subarray(0, length))
}

// Little-endian, with a null at its end.
function addressList(addresses: readonly number[]): Uint32Array {
  // BigInt would cost a start 0.3 ms.
  const halves = new Uint32Array(2 * addresses.length + 2)
  for (const [index, address] of addresses.entries()) {
    halves[2 * index] = address % 2 ** 32
    halves[2 * index + 1] = Math.floor(address / 2 ** 32)
  }
  return halves
}

/** X_OK, F_SETFD, RLIMIT_NOFILE. */
const [executable, setDescriptorFlags, openFiles] = [1, 2, 7]
const largest = 16 * 1024 * 1024
/** AT_FDCWD, AT_EMPTY_PATH, STATX_BASIC_STATS, O_NONBLOCK | O_CLOEXEC. */
const [workingDirectory, emptyPath, basicStatus, readOnly] = [-100, 0x1000, 0x7ff, 0o2004000]
/** Offsets in a statx, in octets; of the name in a dirent. */
const [modeAt, inodeAt, sizeAt, deviceAt, nameAt] = [28, 32, 40, 136, 19]

function openNow(path: string): number {
  return libc.open(cText(path), readOnly)
}

// A file of /proc has no size: it is read until it ends. One that grows meanwhile ends here.
function readOpen(descriptor: number, from: number): Uint8Array | undefined {
  let room = new Uint8Array(65_536)
  let length = 0
  for (;;) {
    const count = libc.pread(descriptor, ptr(room, length), room.length - length, from + length)
    if (count < 0) return undefined
    length += count
    if (count === 0 || length > largest) return room.subarray(0, length)
    if (length < room.length) continue
    const larger = new Uint8Array(2 * room.length)
    larger.set(room)
    room = larger
  }
}

function unreadable(path: string, fault: string): CniError {
  return new CniError({ code: 5, message: `cannot read ${path}: ${fault}` })
}
