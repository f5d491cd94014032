import {
  closeSync,
  constants,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { isCanonical } from '@vethra/address'
import { failing, namesIn } from './failure.ts'
import {
  addName,
  type Cells,
  emptyTable,
  fillTable,
  findNames,
  readStamp,
  removeName,
  writeStamp,
} from './holder-table.ts'
import { readBeginning, readTrimmed } from './reservation-file.ts'

/** Which files of a network's folder hold a text. To be used while the folder's lock is held, and closed. */
export interface Holders {
  /** The names of the files that hold exactly this text when trimmed, ascending by text. */
  readonly find: (text: string) => readonly string[]
  /** Called for each file that is made. */
  readonly added: (text: string, name: string) => void
  /** Called for each file that is removed. */
  readonly removed: (text: string, name: string) => void
  /** To be called at the end, whatever happened. */
  readonly close: () => void
}

/** Finds holders by an index outside of the folder, while it is right; else, and without `index`, reads every file, and rebuilds it. */
export function openHolders(folder: string, index: string | undefined): Holders {
  const before = stampOf(folder)
  const opened = index === undefined ? undefined : openIndex(index)
  let cells = opened && isRight(opened.cells, before) ? opened.cells : undefined
  let rebuilt = false
  let changed = false

  function rebuild(): Cells {
    const table = readAll(folder)
    rebuilt = true
    cells = opened?.replace(table) ?? inMemory(table)
    return cells
  }
  const verified = (text: string, from: Cells) => {
    const names = [...findNames(from, text)].sort()
    return names.every((name) => readTrimmed(join(folder, name)) === text) ? names : undefined
  }
  return {
    find: (text) => verified(text, cells ?? rebuild()) ?? verified(text, rebuild()) ?? [],
    added(text, name) {
      changed = true
      // Too full: without a stamp it is made anew, and larger, by the next one who asks.
      if (cells && !addName(cells, text, name)) cells = undefined
    },
    removed(text, name) {
      changed = true
      if (cells) removeName(cells, text, name)
    },
    close() {
      if (opened === undefined) return
      if (cells !== undefined && (changed || rebuilt)) seal(folder, cells)
      closeSync(opened.file)
    },
  }
}

interface OpenIndex {
  readonly file: number
  readonly cells: Cells
  readonly replace: (table: Buffer) => Cells | undefined
}

function openIndex(path: string): OpenIndex | undefined {
  return helpful(() => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const { O_CREAT, O_NOFOLLOW, O_RDWR } = constants
    const file = openSync(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o600)
    const cells = inFile(file)
    const replace = (table: Buffer) =>
      helpful(() => {
        ftruncateSync(file, 0)
        cells.write(0, table)
        return cells
      })
    return { file, cells, replace }
  })
}

/** A stamp that any later change breaks: the kernel's clock may be still for milliseconds, so the folder's time is set to one in the past. */
function seal(folder: string, cells: Cells): void {
  helpful(() => {
    const { atimeMs, mtimeMs } = lstatSync(folder)
    utimesSync(folder, atimeMs / 1000, mtimeMs / 1000 - 1 - Math.random())
    writeStamp(cells, stampOf(folder))
  })
}

function stampOf(folder: string): { mtimeNs: bigint; inode: bigint } {
  const { mtimeNs, ino } = failing(`look at ${folder}`, () => lstatSync(folder, { bigint: true }))
  return { mtimeNs, inode: ino }
}

function isRight(cells: Cells, { mtimeNs, inode }: { mtimeNs: bigint; inode: bigint }): boolean {
  const stamp = helpful(() => readStamp(cells))
  return stamp?.mtimeNs === mtimeNs && stamp.inode === inode
}

// What costs is the number of files, so no text is made of any of them.
function readAll(folder: string): Buffer {
  const names = namesIn(folder).filter(isCanonical)
  const table = emptyTable(names.length)
  for (const name of names) {
    const octets = trim(readBeginning(`${folder}/${name}`))
    if (octets.length > 0) fillTable(table, octets, name)
  }
  return table
}

function trim(octets: Buffer | undefined): Buffer {
  if (octets === undefined) return Buffer.alloc(0)
  let start = 0
  let end = octets.length
  while (start < end && isSpace(octets[start])) start += 1
  while (end > start && isSpace(octets[end - 1])) end -= 1
  return octets.subarray(start, end)
}

function isSpace(octet = 0): boolean {
  return octet === 0x20 || (octet >= 0x09 && octet <= 0x0d)
}

function inFile(file: number): Cells {
  return {
    read(position, length) {
      const octets = Buffer.allocUnsafe(length)
      return octets.subarray(0, readSync(file, octets, 0, length, position))
    },
    write(position, octets) {
      for (let done = 0; done < octets.length; ) {
        done += writeSync(file, octets, done, octets.length - done, position + done)
      }
    },
  }
}

function inMemory(table: Buffer): Cells {
  return {
    read: (position, length) => table.subarray(position, position + length),
    write: (position, octets) => void octets.copy(table, position),
  }
}

function helpful<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined
    throw error
  }
}
