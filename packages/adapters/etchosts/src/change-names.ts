import { CniError } from '@vethra/cni'
import { type ContainerNames, managedBlocks, nameBook, settleClaims } from '@vethra/names'
import { updateHostsFile } from './hosts-file.ts'
import { dropHead } from './index-files.ts'
import { keepIndex } from './keep-index.ts'
import { keepNames } from './keep-names.ts'
import { keysOfNetworks } from './keys-of-networks.ts'
import { octetReader } from './octet-reader.ts'
import type { Places } from './places.ts'
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

/**
 * Changes what is known of one container, and makes all hosts files right that this touches or that
 * an operation cut short has left. The lock has to be held. A failure to write a peer's file leaves
 * the others theirs: it is logged, and the next operation tries again.
 */
export async function changeNames(
  places: Places,
  change: NameChange,
  onFault: OnFault,
): Promise<void> {
  const { id } = change
  const keysOf = keysOfNetworks()
  const before = survey(places, { id, keys: keysOf(change.joins) }, keysOf)
  const known = new Map(before.known)
  known.delete(id)
  const next = change.next(before.known.get(id)?.names)
  if (next !== undefined) {
    known.set(id, { names: settleClaims(next, namesOf(known)), keys: keysOf(next) })
  }
  // Whoever leaves is looked at by the next operation: nerdctl may start it, and it may come again.
  const idle = before.known.has(id) ? [...before.idle, id] : before.idle
  const after = { ...before, known, idle }
  dropHead(places)
  await keepNames(places, id, known.get(id)?.names)
  const failed = await updateFiles(places, id, after, onFault)
  await change.last?.()
  keepIndex(places, after, failed)
}

/** The ids of the peers whose files could not be updated. The container's own file comes first, and fails the operation. */
async function updateFiles(
  places: Places,
  own: string,
  { full, known, affected }: Survey,
  onFault: OnFault,
): Promise<ReadonlySet<string>> {
  const book = nameBook(namesOf(known))
  const read = octetReader()
  const update = ({ names }: Known) =>
    updateHostsFile(places.hosts(names.id), managedBlocks(names, book), {
      // Nobody writes it anew when the container is started again.
      durable: names.networks === null,
      read,
      onExcess: onFault,
    })
  const self = known.get(own)
  if (self !== undefined) await update(self)
  const failed = new Set<string>()
  for (const [id, peer] of known) {
    if (id === own || !(full || isTouched(peer, affected))) continue
    try {
      await update(peer)
    } catch (error) {
      if (!(error instanceof CniError)) throw error
      failed.add(id)
      onFault(error)
    }
  }
  return failed
}

function namesOf(known: ReadonlyMap<string, Known>): readonly ContainerNames[] {
  return [...known.values()].map(({ names }) => names)
}
