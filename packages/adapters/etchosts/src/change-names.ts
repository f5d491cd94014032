import { existsSync } from 'node:fs'
import { type CniError, invalidFileError, onCniError } from '@vethra/cni'
import type { StampedText } from '@vethra/files'
import { type ContainerNames, managedBlocks, nameBook, settleClaims } from '@vethra/names'
import type { Lock } from '@vethra/world'
import { updateHostsFile } from './hosts-file.ts'
import { clearIndex, dropHead, type Member, writeHead, writeMembers } from './index-files.ts'
import { keepNames } from './keep-names.ts'
import { keysOfNetworks } from './keys-of-networks.ts'
import { listContainers } from './list-containers.ts'
import { octetReader, type ReadOctets } from './octet-reader.ts'
import type { Places } from './places.ts'
import { readHosts } from './seen-hosts.ts'
import { isTouched, type Known, type Survey, survey } from './survey.ts'

/** The change of one container. */
export interface NameChange {
  readonly id: string
  /** The names and networks that it joins with; absent when it joins nothing new. */
  readonly joins?: ContainerNames
  /** The new names, given the ones known now; undefined for none. */
  readonly next: (now: ContainerNames | undefined) => ContainerNames | undefined
  /** Comes when all files are right and before the index says so. */
  readonly last?: () => Promise<void>
}

/** Told of each peer's hosts file that could not be updated, and of each file that held too much to be kept. */
export type OnFault = (fault: CniError) => void

/** The number of times that files are read, without the lock, which containers have written to in the meantime. */
const attempts = 3

/**
 * Changes what is known of one container, and makes all hosts files right that this touches or that
 * an operation cut short has left. A failure to write a peer's file leaves the others theirs: it is
 * logged, and the next operation tries again. The lock is held while files are compared and written,
 * and not while one is read that its container has written to.
 */
export async function changeNames(
  places: Places,
  change: NameChange,
  { lock, onFault }: { readonly lock: Lock; readonly onFault: OnFault },
): Promise<void> {
  const read = octetReader()
  const hold = (each: NameChange, seen: Seen) =>
    lock.hold(places.folder, () => changeOnce(places, each, { read, seen, onFault }))
  const own = readHosts(places.hosts(change.id), ownLimit, read)
  let unread = await hold(change, new Map(own ? [[change.id, own]] : []))
  for (let attempt = 1; unread.size > 0 && attempt <= attempts; attempt += 1) {
    const seen = [...unread].map(
      ([id, limit]) => [id, readHosts(places.hosts(id), limit, read)] as const,
    )
    unread = await hold({ id: change.id, next: (now) => now }, new Map(seen))
  }
  for (const id of unread.keys())
    onFault(
      invalidFileError(
        `cannot update ${places.hosts(id)}: its container keeps writing to it, or holds a lease on it`,
        'Look at what the container does with its hosts file; the next operation tries again.',
      ),
    )
}

/** More than a hosts file of a thousand peers has. */
const ownLimit = 1024 * 1024

/** By container, the hosts files that were read without the lock. */
type Seen = ReadonlyMap<string, StampedText | undefined>

interface FileOptions {
  readonly read: ReadOctets
  readonly seen: Seen
  readonly onFault: OnFault
}

/** By container, the limits for reading the files that others have written to: they are still to be updated. */
type Unread = ReadonlyMap<string, number>

async function changeOnce(
  places: Places,
  change: NameChange,
  options: FileOptions,
): Promise<Unread> {
  const { id } = change
  const keysOf = keysOfNetworks()
  const before = survey(places, { id, keys: keysOf(change.joins) }, keysOf)
  const known = new Map(before.known)
  known.delete(id)
  const next = change.next(before.known.get(id)?.names)
  if (next !== undefined)
    known.set(id, { names: settleClaims(next, namesOf(known)), keys: keysOf(next) })
  // Whoever leaves is looked at by the next operation: nerdctl may start it, and it may come again.
  const idle = before.known.has(id) ? [...before.idle, id] : before.idle
  const after = { ...before, known, idle }
  dropHead(places)
  await keepNames(places, id, known.get(id)?.names)
  const { failed, stamps, unread } = await updateFiles(places, after, { ...options, own: id })
  await change.last?.()
  keepIndex(places, after, { failed: new Set([...failed, ...unread.keys()]), stamps })
  return unread
}

/** The ids of the peers whose files could not be updated. The container's own file comes first, and fails the operation. */
async function updateFiles(
  places: Places,
  { full, known, affected, members }: Survey,
  { own, read, seen, onFault }: FileOptions & { readonly own: string },
): Promise<Updated & { readonly unread: Unread }> {
  const book = nameBook(namesOf(known))
  const ours = new Map([...members.values()].flat().map(({ id, stamp }) => [id, stamp]))
  const stamps = new Map<string, string>()
  const unread = new Map<string, number>()
  const update = async ({ names }: Known) => {
    const { id } = names
    const updated = await updateHostsFile(places.hosts(id), managedBlocks(names, book), {
      // Nobody writes it anew when the container is started again.
      durable: names.networks === null,
      ours: ours.get(id),
      seen: seen.get(id),
      read,
      onExcess: onFault,
    })
    if ('unread' in updated) unread.set(id, updated.unread)
    else if (updated.stamp !== undefined) stamps.set(id, updated.stamp)
  }
  const self = known.get(own)
  if (self !== undefined) await update(self)
  const failed = new Set<string>()
  for (const [id, peer] of known) {
    const stamp = ours.get(id)
    if (id === own) continue
    if (full || isTouched(peer, affected)) {
      await update(peer).catch(
        onCniError((error) => {
          failed.add(id)
          onFault(error)
        }),
      )
    } else if (stamp !== undefined) stamps.set(id, stamp)
  }
  return { failed, stamps, unread }
}

function namesOf(known: ReadonlyMap<string, Known>): readonly ContainerNames[] {
  return [...known.values()].map(({ names }) => names)
}

interface Updated {
  /** Those that could not be updated. */
  readonly failed: ReadonlySet<string>
  /** The stamps of those that are as they are to be. */
  readonly stamps: ReadonlyMap<string, string>
}

// Writes the index after a change, the head last; failed containers go to the idle ones. None is kept of no
// containers.
function keepIndex(
  places: Places,
  { full, known, idle, members }: Survey,
  { failed, stamps }: Updated,
): void {
  const unknown = idle.filter((id) => !known.has(id) && existsSync(places.container(id)))
  const nobody = known.size + unknown.length === 0 && listContainers(places).length === 0
  if (full || nobody) clearIndex(places)
  if (nobody) return
  const now = membersByKey(known, { failed, stamps })
  // What was not looked into may have more members than those that were read.
  for (const key of full ? now.keys() : members.keys()) {
    const [before, after] = [members.get(key) ?? [], now.get(key) ?? []]
    if (!isSame(before, after)) writeMembers(places, key, after)
  }
  writeHead(places, [...unknown, ...failed])
}

function membersByKey(
  known: Survey['known'],
  { failed, stamps }: Updated,
): ReadonlyMap<string, readonly Member[]> {
  const members = new Map<string, Member[]>()
  for (const [id, { keys }] of known) {
    if (failed.has(id)) continue
    const stamp = stamps.get(id)
    const member = stamp === undefined ? { id } : { id, stamp }
    for (const key of keys) {
      const list = members.get(key)
      if (list === undefined) members.set(key, [member])
      else list.push(member)
    }
  }
  return members
}

function isSame(before: readonly Member[], after: readonly Member[]): boolean {
  const stamps = new Map(before.map(({ id, stamp }) => [id, stamp]))
  return (
    before.length === after.length &&
    after.every(({ id, stamp }) => stamps.has(id) && stamps.get(id) === stamp)
  )
}
