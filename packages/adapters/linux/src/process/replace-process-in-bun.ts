import { CString, dlopen, ptr, read } from 'bun:ffi'
import { readFileSync } from 'node:fs'
import { CniError } from '@vethra/cni'

/** The program that this process becomes. */
export interface Replacement {
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
  const first = [name, ...(wanted.first ?? [])].map(asText)
  const own = readFileSync('/proc/self/cmdline')
  const argv = addresses([
    ...first.map((each) => BigInt(ptr(each))),
    ...lastStrings(own, argumentCount),
  ])
  for (const each of descriptors) libc.fcntl(each, setDescriptorFlags, 0)
  for (const signal of ignoredByBun) libc.signal(signal, null)
  for (const [key, value] of Object.entries(wanted.variables ?? {}))
    libc.setenv(asText(key), asText(value), 1)
  restoreOpenFiles()
  libc.execv(asText(program), argv)
  throw refused(program, [own, ...first])
}

function asText(text: string): Buffer {
  return Buffer.from(`${text}\0`)
}

// With a null at its end. BigUint64Array.from() takes 0.3 ms to do the same.
function addresses(list: readonly bigint[]): BigUint64Array {
  const array = new BigUint64Array(list.length + 1)
  for (const [index, each] of list.entries()) array[index] = each
  return array
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

// The addresses of the last strings of a text in which each ends in NUL. As octets, where they are: an argument may be no UTF-8.
function lastStrings(text: Uint8Array, count: number): readonly bigint[] {
  const places: number[] = []
  for (let at = 0; at < text.length; at = text.indexOf(0, at) + 1) places.push(at)
  const last = count === 0 ? [] : places.slice(-count)
  return last.map((at) => BigInt(ptr(text)) + BigInt(at))
}

// bun has raised the soft limit to the hard one, and no trace of it is left here. The parent has what it was, but
// where it is a Go program or bun, which raise their own: then nothing is known.
function restoreOpenFiles(): void {
  const [own, parent] = [new BigUint64Array(2), new BigUint64Array(2)]
  const [known, asked] = [
    libc.prlimit64(0, openFiles, null, own),
    libc.prlimit64(process.ppid, openFiles, null, parent),
  ]
  const [soft = 0n, hard] = parent
  if (known !== 0 || asked !== 0 || process.ppid === 0 || hard !== own[1]) return
  if (soft < (own[0] ?? 0n)) libc.prlimit64(0, openFiles, parent, null)
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
