import { constants } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Address, compareAddresses, formatAddress, type Reservation } from '@vethra/ipam'
import { addressOfFile } from './address-name.ts'
import { failure, hasCode, isMissing } from './failure.ts'
import { longest } from './reservation-file.ts'

const atOnce = 64

/** The reservations in a network's folder, by address. What host-local would not have named is passed over; so is a file that vanishes meanwhile. */
export async function readReservations(folder: string): Promise<readonly Reservation[]> {
  const addresses = await reservedIn(folder)
  const read: Reservation[] = []
  for (let start = 0; start < addresses.length; start += atOnce) {
    const batch = addresses.slice(start, start + atOnce).map(formatAddress)
    const found = await Promise.all(batch.map((address) => readReservation(folder, address)))
    read.push(...found.filter((each) => each !== undefined))
  }
  return read
}

/** The addresses that have a file in a network's folder, in order. */
export async function reservedIn(folder: string): Promise<readonly Address[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    return files.flatMap(({ name }) => addressOfFile(name) ?? []).sort(compareAddresses)
  } catch (cause) {
    if (isMissing(cause)) return []
    throw failure(`list ${folder}`, cause)
  }
}

async function readReservation(folder: string, address: string): Promise<Reservation | undefined> {
  const path = join(folder, address)
  try {
    const { content, sinceMs } = await readBeginning(path)
    return { address, sinceMs, ...holder(content) }
  } catch (cause) {
    if (isMissing(cause) || hasCode(cause, 'ELOOP')) return undefined
    throw failure(`read ${path}`, cause)
  }
}

async function readBeginning(path: string): Promise<{ content: string; sinceMs: number }> {
  // A file replaced by a link or a pipe since it was listed is neither followed nor waited for.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  const file = await open(path, flags)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(longest), 0, longest, 0)
    const { mtimeMs } = await file.stat()
    return { content: buffer.toString('utf8', 0, bytesRead), sinceMs: mtimeMs }
  } finally {
    await file.close()
  }
}

/** Whose a file is, as host-local compares: the whole content trimmed, id and ifname apart by CR LF and nothing else. */
export function holder(content: string): Pick<Reservation, 'containerId' | 'ifname'> {
  const [containerId = '', ifname] = content.trim().split('\r\n', 2)
  return ifname === undefined ? { containerId } : { containerId, ifname }
}
