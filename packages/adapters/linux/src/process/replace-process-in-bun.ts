import { CString, dlopen, ptr, read } from 'bun:ffi'
import { readFileSync } from 'node:fs'
import { CniError } from '@vethra/cni'

interface Replacement {
  /** The path of the program. */
  readonly program: string
  /** Its argv[0]. Default: the path. */
  readonly name?: string
  /** The first arguments. Default: none. */
  readonly first?: readonly string[]
  /** How many arguments at the end of this process's own are passed on, octet by octet. */
  readonly argumentCount: number
  /** Variables that are set besides those that this process was started with. Default: none. */
  readonly variables?: Readonly<Record<string, string>>
  /** The descriptors that stay open besides the standard ones. */
  readonly descriptors: readonly number[]
}

/** Replaces this process by a program, execv(3), with its first environment and `variables`, without bun's marks. Throws CniError 100 or 5. */
export function replaceProcess(wanted: Replacement): never {
  const { program, name = program, argumentCount, descriptors } = wanted
  const first = [asText(name)]
  for (const each of wanted.first ?? []) first.push(asText(each))
  const own = readFileSync('/proc/self/cmdline')
  const argv = argumentsOf(first, own, argumentCount)
  for (const each of descriptors) libc.fcntl(each, setDescriptorFlags, 0)
  for (const signal of ignoredByBun) libc.signal(signal, null)
  for (const [key, value] of Object.entries(wanted.variables ?? {}))
    libc.setenv(asText(key), asText(value), 1)
  restoreOpenFiles()
  libc.execv(asText(program), argv)
  throw refused(program, [own, ...first])
}

// The first Buffer.from() of a process takes 0.1 ms.
function asText(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`)
}

// The addresses of the first arguments, of the last `count` strings of a text in which each ends in NUL, and null. Those as
// octets, where they are: an argument may be no UTF-8.
function argumentsOf(first: readonly Uint8Array[], own: Uint8Array, count: number): BigUint64Array {
  const argv = new BigUint64Array(first.length + count + 1)
  for (const [at, each] of first.entries()) argv[at] = BigInt(ptr(each))
  let end = own.length - 1
  for (let at = first.length + count - 1; at >= first.length; at--) {
    const start = own.lastIndexOf(0, end - 1) + 1
    argv[at] = BigInt(ptr(own, start))
    end = start - 1
  }
  return argv
}

const setDescriptorFlags = 2
const ignoredByBun = [13, 25]
/** RLIMIT_NOFILE. */
const openFiles = 7

const { symbols: libc } = dlopen('libc.so.6', {
  __errno_location: { args: [], returns: 'ptr' },
  execv: { args: ['ptr', 'ptr'], returns: 'i32' },
  fcntl: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  prlimit64: { args: ['i32', 'i32', 'ptr', 'ptr'], returns: 'i32' },
  setenv: { args: ['ptr', 'ptr', 'i32'], returns: 'i32' },
  signal: { args: ['i32', 'ptr'], returns: 'ptr' },
  strerror: { args: ['i32'], returns: 'ptr' },
})

// bun has raised the soft limit to the hard one, and no trace of it is left here. The parent has what it was, but
// where it is a Go program or bun, which raise their own: then nothing is known.
function restoreOpenFiles(): void {
  const own = new BigUint64Array(2)
  const parent = new BigUint64Array(2)
  const { ppid } = process
  if (ppid === 0 || libc.prlimit64(0, openFiles, null, own) !== 0) return
  if (libc.prlimit64(ppid, openFiles, null, parent) !== 0 || parent[1] !== own[1]) return
  if ((parent[0] ?? 0n) < (own[0] ?? 0n)) libc.prlimit64(0, openFiles, parent, null)
}

// The arguments are kept in memory until here.
function refused(program: string, _kept: readonly Uint8Array[]): CniError {
  const place = libc.__errno_location()
  const number = place === null ? 0 : read.i32(place)
  const text = libc.strerror(number)
  return new CniError({
    code: number === missing ? 100 : 5,
    message: `cannot run ${JSON.stringify(program)}: ${text === null ? number : new CString(text)}`,
    hint: 'Name another by VETHRA_RUNTIME, or by binary in [runtime] of vethra.toml.',
  })
}

const missing = 2
