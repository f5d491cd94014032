import { ptr } from 'bun:ffi'
import { CniError } from '@vethra/cni'
import {
  cText,
  errorNumber,
  errorText,
  execute,
  keepOpen,
  limitOpenFiles,
  missing,
  openFilesOf,
  readOctets,
  resetSignal,
  setVariable,
} from './libc-in-bun.ts'

/** The program that this process becomes. */
export interface Replacement {
  /** The path of the program; also its argv[0]. */
  readonly program: string
  /** The first arguments. Default: none. */
  readonly first?: readonly string[]
  /** How many arguments at the end of this process's own are passed on, octet by octet. */
  readonly argumentCount: number
  /** Variables that are set besides those that this process was started with. Default: none. */
  readonly variables?: Readonly<Record<string, string>>
  /** The descriptors that stay open besides the standard ones. */
  readonly descriptors: readonly number[]
}

/**
 * Replaces this process by a program: execv(3), with the environment that this process was started with, `variables` set. Marks of bun
 * are removed: close-on-exec, the limit of open files, and SIGPIPE and SIGXFSZ, which it ignores.
 * Returns only by throwing CniError 100 where there is no such program, 5 where the system refuses.
 */
export function replaceProcess(wanted: Replacement): never {
  const { program, argumentCount, descriptors } = wanted
  const [path = empty, ...first] = [program, ...(wanted.first ?? [])].map(cText)
  const own = readOctets('/proc/self/cmdline') ?? empty
  const argv = [...[path, ...first].map((each) => ptr(each)), ...lastStrings(own, argumentCount)]
  for (const each of descriptors) keepOpen(each)
  for (const each of ignoredByBun) resetSignal(each)
  for (const [name, value] of Object.entries(wanted.variables ?? {})) setVariable(name, value)
  restoreOpenFiles()
  execute(path, argv)
  throw refused(program, [own, ...first])
}

const empty = new Uint8Array(1)
const ignoredByBun = [13, 25]

// The addresses of the last strings of a text in which each ends in NUL. As octets, where they are: an argument may be no UTF-8.
function lastStrings(text: Uint8Array, count: number): readonly number[] {
  const places: number[] = []
  for (let at = 0; at < text.length; at = text.indexOf(0, at) + 1) places.push(at)
  const last = count === 0 ? [] : places.slice(-count)
  return last.map((at) => ptr(text) + at)
}

// bun has raised the soft limit to the hard one, and no trace of it is left here. The parent has what it was, but
// where it is a Go program or bun, which raise their own: then nothing is known.
function restoreOpenFiles(): void {
  const { ppid } = process
  const [own, parent] = [openFilesOf(0), ppid === 0 ? undefined : openFilesOf(ppid)]
  if (own === undefined || parent === undefined) return
  const [[soft, hard], [itsSoft, itsHard]] = [limitsIn(own), limitsIn(parent)]
  if (hard === itsHard && itsSoft < soft) limitOpenFiles(parent)
}

// The soft limit and the hard one of an rlimit64.
function limitsIn(words: Uint32Array): readonly [number, number] {
  const [a = 0, b = 0, c = 0, d = 0] = words
  return [a + b * 2 ** 32, c + d * 2 ** 32]
}

// The arguments are kept in memory until here.
function refused(program: string, _kept: readonly Uint8Array[]): CniError {
  const number = errorNumber()
  return new CniError({
    code: number === missing ? 100 : 5,
    message: `cannot run ${JSON.stringify(program)}: ${errorText(number)}`,
    hint: 'Name another by VETHRA_RUNTIME, or by binary in [runtime] of vethra.toml.',
  })
}
