import { lstatSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Address, compareAddresses, isCanonical } from '@vethra/address'
import type { Holder, Reservation } from '@vethra/ipam'
import { addressOfFile } from './address-name.ts'
import { isDead } from './dead-file.ts'
import { failing, removeFile } from './failure.ts'
import { holder } from './read-reservations.ts'
import { readTrimmed } from './reservation-file.ts'
import { type Session, textsOf } from './session.ts'

/** The addresses of a holder, in order; where it has none, those of its container that name no interface. */
export function heldAddresses(session: Session, who: Holder): readonly Address[] {
  return addresses(heldFiles(session, who).names)
}

/** Gives back what a holder has, and returns it. */
export function releaseAddresses(session: Session, who: Holder): readonly Address[] {
  const { text, names } = heldFiles(session, who)
  for (const name of names) {
    removeFile(join(session.folder, name))
    session.holders.removed(text, name)
  }
  return addresses(names)
}

/** Removes the reservation if it still is as described; one without a holder, if it is dead, or if it is no file. */
export function dropReservation(session: Session, reservation: Reservation): boolean {
  const { address, containerId, ifname } = reservation
  const path = join(session.folder, address)
  if (!isCanonical(address)) return false
  if (containerId === '' && removePlanted(path)) return true
  const text = readTrimmed(path)
  if (text === undefined) return false
  const now = holder(text)
  if (now.containerId !== containerId || now.ifname !== ifname) return false
  if (text === '' && !isDead(lstatSync(path))) return false
  removeFile(path)
  session.holders.removed(text, address)
  return true
}

// No writer of reservations makes anything but files: what else is there goes, but for a folder that holds something.
function removePlanted(path: string): boolean {
  const there = lstatSync(path, { throwIfNoEntry: false })
  if (there === undefined || there.isFile()) return false
  if (there.isDirectory()) failing(`remove the folder ${path}`, () => rmdirSync(path))
  else removeFile(path)
  return true
}

function heldFiles({ holders }: Session, who: Holder): { text: string; names: readonly string[] } {
  const { exact, old } = textsOf(who)
  const names = holders.find(exact)
  return names.length > 0 ? { text: exact, names } : { text: old, names: holders.find(old) }
}

function addresses(names: readonly string[]): readonly Address[] {
  return names.flatMap((name) => addressOfFile(name) ?? []).sort(compareAddresses)
}
