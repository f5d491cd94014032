import type * as Fs from 'node:fs'
import type { BigIntStats, Dirent, Stats } from 'node:fs'
import { failure, isMissing } from './failure.ts'
import { decode, direntOf, entriesOf } from './folder.ts'
import { cString, libc } from './libc.ts'
import { bigStatsOf, statsOf, statx } from './stats.ts'

/** node:fs itself, for what is not done here; loading it costs a start 1.5 ms. */
function whole(): typeof Fs {
  return process.getBuiltinModule('node:fs')
}

interface Constants {
  readonly constants: { readonly fs: typeof Fs.constants }
}

/** As in node:fs: `O_RDONLY` and the like. */
export const constants: typeof Fs.constants = (
  process as unknown as { binding(name: 'constants'): Constants['constants'] }
).binding('constants').fs

/** open(2). Flags as a number, or a word that node:fs knows. */
export function openSync(path: string, flags: string | number, mode = 0o666): number {
  if (flags !== 'r' && typeof flags === 'string') return whole().openSync(path, flags, mode)
  const bits = (flags === 'r' ? constants.O_RDONLY : flags) | closeOnExec
  const descriptor = libc().open(cString(path), bits, mode)
  if (descriptor < 0) throw failure('open', path)
  return descriptor
}

/** close(2). */
export function closeSync(descriptor: number): void {
  if (libc().close(descriptor) < 0) throw failure('close')
}

/** read(2), or pread(2) where a position is given. The number of octets, 0 at the end. */
export function readSync(
  descriptor: number,
  octets: Uint8Array,
  offset: number = 0,
  length: number = octets.length - offset,
  position: number | null = null,
): number {
  if (length === 0) return 0
  const place = octets.subarray(offset, offset + length)
  const count =
    position === null
      ? libc().read(descriptor, place, place.length)
      : libc().pread(descriptor, place, place.length, position)
  if (count < 0) throw failure('read')
  return count
}

/** write(2), or what node:fs does where a place in the data or in the file is given. The number of octets. */
export function writeSync(
  descriptor: number,
  data: string | Uint8Array,
  ...place: readonly (number | null)[]
): number {
  if (place.length > 0) return whole().writeSync(descriptor, data as Uint8Array, ...place)
  const octets = typeof data === 'string' ? new TextEncoder().encode(data) : data
  if (octets.length === 0) return 0
  const count = libc().write(descriptor, octets, octets.length)
  if (count < 0) throw failure('write')
  return count
}

/** The text of a file, or of what is open, in UTF-8. */
export function readFileSync(file: string | number, encoding: 'utf8' | 'latin1'): string {
  if (encoding !== 'utf8') return whole().readFileSync(file, encoding)
  const descriptor = typeof file === 'number' ? file : openSync(file, 'r')
  try {
    return decode(readToEnd(descriptor))
  } finally {
    if (typeof file === 'string') closeSync(descriptor)
  }
}

/** Writes all of a text to what is open; to a path as node:fs does. */
export function writeFileSync(
  file: string | number,
  text: string,
  options?: Fs.WriteFileOptions,
): void {
  if (typeof file === 'number') writeAll(file, text)
  else whole().writeFileSync(file, text, options)
}

/** The same: what is open for appending is written at its end. */
export function appendFileSync(descriptor: number, text: string): void {
  writeAll(descriptor, text)
}

/** stat(2). Undefined where nothing is and `throwIfNoEntry` is false. */
export function statSync(path: string, options?: StatOptions): Stats | BigIntStats | undefined {
  return found('stat', path, statx(path, true), options)
}

/** lstat(2). Undefined where nothing is and `throwIfNoEntry` is false. */
export function lstatSync(path: string, options?: StatOptions): Stats | BigIntStats | undefined {
  return found('lstat', path, statx(path, false), options)
}

/** fstat(2). */
export function fstatSync(descriptor: number, options?: StatOptions): Stats | BigIntStats {
  const view = statx(descriptor, true)
  if (view === undefined) throw failure('fstat')
  return options?.bigint ? bigStatsOf(view) : statsOf(view)
}

/** Whether something is at the path, symbolic links followed. */
export function existsSync(path: string): boolean {
  return !path.includes('\0') && libc().access(cString(path), 0) === 0
}

/** mkdir(2) where a mode is given. */
export function mkdirSync(
  path: string,
  mode: number | Fs.MakeDirectoryOptions,
): string | undefined {
  if (typeof mode !== 'number') return whole().mkdirSync(path, mode)
  if (libc().mkdir(cString(path), mode) < 0) throw failure('mkdir', path)
  return undefined
}

/** The names in a folder, as the file system orders them. */
export function readdirSync(path: string, options?: { withFileTypes: true }): (string | Dirent)[] {
  const { O_DIRECTORY, O_RDONLY } = constants
  const descriptor = libc().open(cString(path), O_RDONLY | O_DIRECTORY | closeOnExec, 0)
  if (descriptor < 0) throw failure('scandir', path)
  try {
    const entries = entriesOf(descriptor)
    if (entries === undefined) throw failure('scandir', path)
    if (options === undefined) return entries.map(({ name }) => name)
    // Each would have to be asked for.
    if (entries.some(({ type }) => type === 0)) return whole().readdirSync(path, options)
    return entries.map((entry) => direntOf(entry, path))
  } finally {
    closeSync(descriptor)
  }
}

/** Where a symbolic link leads. */
export function readlinkSync(path: string): string {
  const octets = new Uint8Array(longestPath)
  const length = libc().readlink(cString(path), octets, octets.length)
  if (length < 0) throw failure('readlink', path)
  return decode(octets.subarray(0, length))
}

/** rename(2). */
export function renameSync(from: string, to: string): void {
  if (libc().rename(cString(from), cString(to)) < 0) throw failure('rename', from, to)
}

/** unlink(2). */
export function unlinkSync(path: string): void {
  if (libc().unlink(cString(path)) < 0) throw failure('unlink', path)
}

/** Removes a file; with `recursive`, a folder with all in it. */
export function rmSync(path: string, options: Fs.RmOptions = {}): void {
  if (!options.recursive) {
    if (libc().unlink(cString(path)) === 0) return
    if (isMissing() && options.force) return
  }
  // Where something else is at fault, a folder among others, it has words of its own.
  whole().rmSync(path, options)
}

/** chmod(2). */
export function chmodSync(path: string, mode: number): void {
  if (libc().chmod(cString(path), mode) < 0) throw failure('chmod', path)
}

/** fchmod(2). */
export function fchmodSync(descriptor: number, mode: number): void {
  if (libc().fchmod(descriptor, mode) < 0) throw failure('fchmod')
}

/** statfs(2): the type alone. */
export function statfsSync(path: string): { readonly type: number } {
  const octets = new Uint8Array(256)
  if (libc().statfs(cString(path), octets) < 0) throw failure('statfs', path)
  return { type: new DataView(octets.buffer).getUint32(0, true) }
}

/** As in node:fs. */
export const fdatasyncSync: typeof Fs.fdatasyncSync = (...args) => whole().fdatasyncSync(...args)
/** As in node:fs. */
export const ftruncateSync: typeof Fs.ftruncateSync = (...args) => whole().ftruncateSync(...args)
/** As in node:fs. */
export const linkSync: typeof Fs.linkSync = (...args) => whole().linkSync(...args)
/** As in node:fs. */
export const rmdirSync: typeof Fs.rmdirSync = (...args) => whole().rmdirSync(...args)
/** As in node:fs. */
export const utimesSync: typeof Fs.utimesSync = (...args) => whole().utimesSync(...args)
/** As in node:fs. */
export const realpathSync = (path: string): string => whole().realpathSync(path)

// A thread does these, and node:fs alone has threads. It is loaded once what waits for nothing has been done.
/** As in node:fs. */
export function fsync(descriptor: number, done: Fs.NoParamCallback): void {
  setImmediate(() => whole().fsync(descriptor, done))
}

/** As in node:fs. */
export function fdatasync(descriptor: number, done: Fs.NoParamCallback): void {
  setImmediate(() => whole().fdatasync(descriptor, done))
}

interface StatOptions {
  readonly bigint?: boolean
  readonly throwIfNoEntry?: boolean
}

const closeOnExec = 0o2000000
/** PATH_MAX. */
const longestPath = 4096

function found(syscall: string, path: string, view: DataView | undefined, options?: StatOptions) {
  if (view !== undefined) return options?.bigint ? bigStatsOf(view) : statsOf(view)
  if (options?.throwIfNoEntry === false && isMissing()) return undefined
  throw failure(syscall, path)
}

function readToEnd(descriptor: number): Uint8Array {
  let octets = new Uint8Array(16 * 1024)
  let length = 0
  for (;;) {
    const count = readSync(descriptor, octets, length)
    if (count === 0) return octets.subarray(0, length)
    length += count
    if (length < octets.length) continue
    const larger = new Uint8Array(octets.length * 2)
    larger.set(octets)
    octets = larger
  }
}

function writeAll(descriptor: number, text: string): void {
  let rest: Uint8Array = new TextEncoder().encode(text)
  while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest))
}
