import { CString, dlopen, ptr, read } from 'bun:ffi'
import { readFileSync } from 'node:fs'
import { CniError } from '@vethra/cni'
import type { OpenFiles } from './open-files.ts'

/** The program that this process becomes. */
export interface Replacement {
  /** The path of the program; also its argv[0]. */
  readonly program: string
  /** How many arguments at the end of this process's own are passed on, octet by octet. */
  readonly argumentCount: number
  /** The descriptors that stay open besides the standard ones. */
  readonly descriptors: readonly number[]
  readonly openFiles: OpenFiles | undefined
}

/**
 * Replaces this process by a program: execve(2), with the environment that this process was started with. bun's
 * marks are taken back: close-on-exec, the limit of open files, and SIGPIPE and SIGXFSZ, which it ignores.
 * Returns only by throwing CniError 100 where there is no such program, 5 where the system refuses.
 */
export function replaceProcess(replacement: Replacement): never {
  const { program, argumentCount, descriptors, openFiles } = replacement
  const own = stringsOf('/proc/self/cmdline')
  const passed = argumentCount === 0 ? [] : own.slice(-argumentCount)
  const path = terminated(Buffer.from(program))
  const argv = vectorOf([path, ...passed.map(terminated)])
  const environment = vectorOf(stringsOf('/proc/self/environ').map(terminated))
  for (const each of descriptors) libc.fcntl(each, setDescriptorFlags, 0)
  for (const signal of ignoredByBun) libc.signal(signal, null)
  if (openFiles) {
    libc.setrlimit(
      openFilesLimit,
      BigUint64Array.of(BigInt(openFiles.soft), BigInt(openFiles.hard)),
    )
  }
  libc.execve(path, argv.pointers, environment.pointers)
  throw refused(program)
}

const setDescriptorFlags = 2
const openFilesLimit = 7
const ignoredByBun = [13, 25]

const { symbols: libc } = dlopen('libc.so.6', {
  __errno_location: { args: [], returns: 'ptr' },
  execve: { args: ['ptr', 'ptr', 'ptr'], returns: 'i32' },
  fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  setrlimit: { args: ['i32', 'ptr'], returns: 'i32' },
  signal: { args: ['i32', 'ptr'], returns: 'ptr' },
  strerror: { args: ['i32'], returns: 'ptr' },
})

// As octets: an argument may be no UTF-8.
function stringsOf(file: string): readonly Buffer[] {
  const text = readFileSync(file)
  const strings: Buffer[] = []
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(0, at)
    strings.push(text.subarray(at, end))
    at = end + 1
  }
  return strings
}

function terminated(text: Buffer): Buffer {
  return Buffer.concat([text, Buffer.alloc(1)])
}

// The strings are kept beside their addresses: nothing else holds them in memory.
function vectorOf(strings: readonly Buffer[]) {
  const pointers = BigUint64Array.from([...strings.map((each) => BigInt(ptr(each))), 0n])
  return { strings, pointers }
}

function refused(program: string): CniError {
  const place = libc.__errno_location()
  const number = place === null ? 0 : read.i32(place)
  const text = libc.strerror(number)
  const missing = number === 2
  return new CniError({
    code: missing ? 100 : 5,
    message: `cannot run the OCI runtime ${JSON.stringify(program)}: ${text === null ? number : new CString(text)}`,
    hint: 'Name another by VETHRA_RUNTIME, or by binary in [runtime] of vethra.toml.',
  })
}
