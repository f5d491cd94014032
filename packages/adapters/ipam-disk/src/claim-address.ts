import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { type Address, formatAddress, readAddress } from '@vethra/address'
import type { Claim, ClaimOutcome } from '@vethra/ipam'
import { addressOfFile } from './address-name.ts'
import { isDead } from './dead-file.ts'
import { failing, namesIn, removeFile } from './failure.ts'
import { publishDraft, readSmall, replaceWhole, writeDraft } from './reservation-file.ts'
import { type Session, textsOf } from './session.ts'

// So many candidates in a row are looked at one by one before the folder is listed: 1 ms against 30 ms
// with 60,000 files, and needed once in a million ADDs while nine of ten addresses are taken.
const triesOneByOne = 512

/** Reserves the first candidate that is free, in a folder whose lock is held. */
export function claimAddress(session: Session, claim: Claim): ClaimOutcome {
  const { exact } = textsOf(claim)
  const held = inTheWay(session, claim)
  if (held) return { kind: 'held', address: held }
  const draft = writeDraft(session.dataDir, session.mark, exact)
  try {
    const address = takeFirst(session, claim, draft)
    if (address === undefined) return { kind: 'none' }
    const name = formatAddress(address)
    try {
      const marker = join(session.folder, `last_reserved_ip.${claim.set}`)
      replaceWhole(session, marker, name)
    } catch (error) {
      removeFile(join(session.folder, name))
      throw error
    }
    session.holders.added(exact, name)
    return { kind: 'reserved', address }
  } finally {
    removeFile(draft)
  }
}

function inTheWay({ holders }: Session, claim: Claim): Address | undefined {
  const { unlessHeldIn } = claim
  if (unlessHeldIn === undefined) return undefined
  const { exact, old } = textsOf(claim)
  const names = [...holders.find(exact), ...holders.find(old)].sort()
  return names.map(addressOfFile).find((address) => address !== undefined && unlessHeldIn(address))
}

function takeFirst(session: Session, claim: Claim, draft: string): Address | undefined {
  const { folder } = session
  const last = readAddress(readSmall(join(folder, `last_reserved_ip.${claim.set}`)) ?? '')
  let tries = 0
  let taken: ReadonlySet<string> | undefined
  for (const address of claim.candidates(last)) {
    tries += 1
    if (tries > triesOneByOne) taken ??= new Set(namesIn(folder))
    const name = formatAddress(address)
    if (!taken?.has(name) && take(join(folder, name), draft)) return address
  }
  // Where the list of names said no, a file may yet be a dead one.
  for (const address of taken ? claim.candidates(last) : []) {
    if (take(join(folder, formatAddress(address)), draft)) return address
  }
  return undefined
}

function take(path: string, draft: string): boolean {
  const there = failing(`look at ${path}`, () => lstatSync(path, { throwIfNoEntry: false }))
  if (there !== undefined) {
    if (!isDead(there)) return false
    removeFile(path)
  }
  return publishDraft(draft, path)
}
