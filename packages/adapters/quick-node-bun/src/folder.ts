import type { Dirent } from 'node:fs'
import { libc } from './libc.ts'

/** What getdents64(2) says of a name in a folder. */
interface Entry {
  readonly name: string
  /** DT_REG and others: readdir(3). 0 where the file system does not say. */
  readonly type: number
}

/** What is in an open folder, `.` and `..` left out; undefined when reading it fails. */
export function entriesOf(descriptor: number): readonly Entry[] | undefined {
  const entries: Entry[] = []
  const octets = new Uint8Array(32 * 1024)
  const view = new DataView(octets.buffer)
  for (;;) {
    const length = libc().getdents64(descriptor, octets, octets.length)
    if (length < 0) return undefined
    if (length === 0) return entries
    for (let place = 0; place < length; place += view.getUint16(place + 16, true)) {
      const name = decode(octets.subarray(place + 19, octets.indexOf(0, place + 19)))
      if (name !== '.' && name !== '..') entries.push({ name, type: octets[place + 18] ?? 0 })
    }
  }
}

/** As node:fs gives it with `withFileTypes`. */
export function direntOf({ name, type }: Entry, parentPath: string): Dirent {
  return {
    name,
    parentPath,
    isFIFO: () => type === 1,
    isCharacterDevice: () => type === 2,
    isDirectory: () => type === 4,
    isBlockDevice: () => type === 6,
    isFile: () => type === 8,
    isSymbolicLink: () => type === 10,
    isSocket: () => type === 12,
  } as Dirent
}

/** Octets as the text that node:fs makes of them: what is not UTF-8 becomes U+FFFD. */
export function decode(octets: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(octets)
}
