import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { scheduler } from 'node:timers/promises'
import { type Address, compareAddresses, formatAddress } from '@vethra/address'
import type { Reservation } from '@vethra/ipam'
import { addressOfFile } from './address-name.ts'
import { entriesIn, failure, hasCode, isMissing } from './failure.ts'
import { longest } from './reservation-file.ts'

// Read here and not by threads: waking one takes longer than reading. Others get their turn in between.
const atOnce = 256

/** The reservations in a network's folder, by address. Files that are not host-local's, and those that vanish, are skipped. */
export async function readReservations(folder: string): Promise<readonly Reservation[]> {
  const addresses = reservedIn(folder)
  const read: Reservation[] = []
  for (let start = 0; start < addresses.length; start += atOnce) {
    if (start > 0) await scheduler.yield()
    for (const address of addresses.slice(start, start + atOnce)) {
      const found = readReservation(folder, formatAddress(address))
      if (found !== undefined) read.push(found)
    }
  }
  return read
}

/** The addresses that have a file in a network's folder, in order. */
export function reservedIn(folder: string): readonly Address[] {
  const files = entriesIn(folder).filter((entry) => entry.isFile())
  return files.flatMap(({ name }) => addressOfFile(name) ?? []).sort(compareAddresses)
}

function readReservation(folder: string, address: string): Reservation | undefined {
  const path = join(folder, address)
  try {
    const { content, sinceMs } = readBeginning(path)
    return { address, sinceMs, ...holder(content) }
  } catch (cause) {
    if (isMissing(cause) || hasCode(cause, 'ELOOP')) return undefined
    throw failure(`read ${path}`, cause)
  }
}

function readBeginning(path: string): { content: string; sinceMs: number } {
  // A file replaced by a link or a pipe since it was listed is neither followed nor waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = openSync(path, flags)
  try {
    const length = readSync(file, buffer, 0, longest, 0)
    return { content: buffer.toString('utf8', 0, length), sinceMs: fstatSync(file).mtimeMs }
  } finally {
    closeSync(file)
  }
}

const buffer = Buffer.alloc(longest)

/** Whose a file is, as host-local compares: the whole content trimmed, id and ifname apart by CR LF and nothing else. */
export function holder(content: string): Pick<Reservation, 'containerId' | 'ifname'> {
  const [containerId = '', ifname] = content.trim().split('\r\n', 2)
  return ifname === undefined ? { containerId } : { containerId, ifname }
}
