import type { BigIntStats, Stats } from 'node:fs'
import { cString, libc } from './libc.ts'

/** What a call of stat asks for; undefined when it fails. A path, or the number of an open file. */
export function statx(file: string | number, follow: boolean): DataView | undefined {
  // A struct statx has 256 octets, the same on each architecture.
  const octets = new Uint8Array(256)
  const status =
    typeof file === 'number'
      ? libc().statx(file, cString(''), emptyPath, allStats, octets)
      : libc().statx(workingFolder, cString(file), follow ? 0 : noFollow, allStats, octets)
  return status === 0 ? new DataView(octets.buffer) : undefined
}

/** As node:fs gives them, in numbers. */
export function statsOf(view: DataView): Stats {
  return new Answer(view, Number, milliseconds) as unknown as Stats
}

/** As node:fs gives them, in bigints. */
export function bigStatsOf(view: DataView): BigIntStats {
  return new Answer(view, BigInt, (ns) => ns / 1_000_000n) as unknown as BigIntStats
}

const workingFolder = -100
const emptyPath = 0x1000
const noFollow = 0x100
/** STATX_BASIC_STATS and STATX_BTIME. */
const allStats = 0xfff

/** Bits of a mode that tell what a file is: inode(7). */
const fileType = 0xf000

function milliseconds(ns: bigint): number {
  return Number(ns / 1_000_000_000n) * 1000 + Number(ns % 1_000_000_000n) / 1e6
}

function dateOf(ms: number | bigint) {
  // biome-ignore lint/style/noRestrictedGlobals: it is what a file says, not what time it is.
  return new Date(Number(ms))
}

/** Reads each field when it is asked for: where they stand is in statx(2) and linux/stat.h. */
class Answer<N extends number | bigint> {
  readonly #view: DataView
  readonly #as: (value: bigint | number) => N
  readonly #ms: (ns: bigint) => N

  constructor(view: DataView, as: (value: bigint | number) => N, ms: (ns: bigint) => N) {
    this.#view = view
    this.#as = as
    this.#ms = ms
  }

  get blksize(): N {
    return this.#as(this.#view.getUint32(4, true))
  }
  get nlink(): N {
    return this.#as(this.#view.getUint32(16, true))
  }
  get uid(): N {
    return this.#as(this.#view.getUint32(20, true))
  }
  get gid(): N {
    return this.#as(this.#view.getUint32(24, true))
  }
  get mode(): N {
    return this.#as(this.#view.getUint16(28, true))
  }
  get ino(): N {
    return this.#wide(32)
  }
  get size(): N {
    return this.#wide(40)
  }
  get blocks(): N {
    return this.#wide(48)
  }
  get rdev(): N {
    return this.#as(this.#device(128))
  }
  get dev(): N {
    return this.#as(this.#device(136))
  }
  get atimeNs(): bigint {
    return this.#time(64)
  }
  get birthtimeNs(): bigint {
    return this.#time(80)
  }
  get ctimeNs(): bigint {
    return this.#time(96)
  }
  get mtimeNs(): bigint {
    return this.#time(112)
  }
  get atimeMs(): N {
    return this.#ms(this.atimeNs)
  }
  get birthtimeMs(): N {
    return this.#ms(this.birthtimeNs)
  }
  get ctimeMs(): N {
    return this.#ms(this.ctimeNs)
  }
  get mtimeMs(): N {
    return this.#ms(this.mtimeNs)
  }
  get atime() {
    return dateOf(this.atimeMs)
  }
  get birthtime() {
    return dateOf(this.birthtimeMs)
  }
  get ctime() {
    return dateOf(this.ctimeMs)
  }
  get mtime() {
    return dateOf(this.mtimeMs)
  }

  isFIFO(): boolean {
    return this.#is(0x1000)
  }
  isCharacterDevice(): boolean {
    return this.#is(0x2000)
  }
  isDirectory(): boolean {
    return this.#is(0x4000)
  }
  isBlockDevice(): boolean {
    return this.#is(0x6000)
  }
  isFile(): boolean {
    return this.#is(0x8000)
  }
  isSymbolicLink(): boolean {
    return this.#is(0xa000)
  }
  isSocket(): boolean {
    return this.#is(0xc000)
  }

  #is(type: number): boolean {
    return (this.#view.getUint16(28, true) & fileType) === type
  }

  #time(place: number): bigint {
    const seconds = this.#view.getBigInt64(place, true)
    return seconds * 1_000_000_000n + BigInt(this.#view.getUint32(place + 8, true))
  }

  // The first bigint of a start takes bun longer than all else here: small numbers do without.
  #wide(place: number): N {
    const high = this.#view.getUint32(place + 4, true)
    return this.#as(
      high === 0 ? this.#view.getUint32(place, true) : this.#view.getBigUint64(place, true),
    )
  }

  /** As makedev(3) puts the two numbers together. */
  #device(place: number): number | bigint {
    const first = this.#view.getUint32(place, true)
    const second = this.#view.getUint32(place + 4, true)
    if (first < 0x1000 && second < 0x100) return first * 0x100 + second
    const major = BigInt(first)
    const minor = BigInt(second)
    return (
      ((major & 0xfffff000n) << 32n) |
      ((major & 0xfffn) << 8n) |
      ((minor & 0xffffff00n) << 12n) |
      (minor & 0xffn)
    )
  }
}
