import { isUtf8 } from 'node:buffer'
import { readSync } from 'node:fs'
import { decodeError, ioError } from '@vethra/cni'

/** The largest standard input that is read, in octets: 64 MiB. */
const limit = 64 * 1024 * 1024

/** Options of `readInput`. */
export interface InputOptions {
  /** Octets that are not UTF-8 are refused with CniError 6; else they become U+FFFD. */
  readonly only?: 'UTF-8' | undefined
  /** More octets are refused. Default: 64 MiB. */
  readonly most?: number
}

/** The text of everything that an open file still gives. Throws CniError 5 when that is too large, or cannot be read, as a folder. */
export function readInput(descriptor: number, { only, most = limit }: InputOptions = {}): string {
  let buffer = Buffer.allocUnsafe(65_536)
  let length = 0
  while (length <= most) {
    if (length === buffer.length) buffer = Buffer.concat([buffer], 2 * length)
    const octets = readSome(descriptor, buffer, length)
    if (octets === 0) return textOf(buffer.subarray(0, length), only)
    length += octets
  }
  throw ioError(`standard input is larger than ${most} octets`)
}

function readSome(descriptor: number, buffer: Buffer, from: number): number {
  try {
    return readSync(descriptor, buffer, from, buffer.length - from, null)
  } catch (cause) {
    const hint = 'Pipe a text to it, or give it a file.'
    throw ioError('cannot read standard input', { cause, hint })
  }
}

function textOf(octets: Buffer, only: 'UTF-8' | undefined): string {
  if (only === undefined || isUtf8(octets)) return octets.toString()
  throw decodeError('standard input has octets that are not UTF-8')
}
