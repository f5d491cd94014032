import { type HostEntry, hostLine } from './host-entry.ts'
import { blockAt, blocksOf, changedBlock, type LineBlock } from './line-block.ts'

/** All entries of some networks, by address: what the files of the containers in just these have in common. */
export interface PeerGroup {
  readonly blocks: readonly LineBlock[]
  readonly indexes: ReadonlyMap<HostEntry, number>
}

/** The difference between a container's file and its peers' files. */
interface OwnWords {
  /** The entries that are not to be there: those that claim an address of its own. */
  readonly gone: ReadonlySet<HostEntry>
  /** Names in lower case that no other may have. */
  readonly taken: ReadonlySet<string>
  /** The entries with one of these names. */
  readonly disputed: readonly HostEntry[]
}

/** Makes the group of these entries, which are in order. */
export function peerGroup(entries: readonly HostEntry[]): PeerGroup {
  return {
    blocks: blocksOf(entries.map(({ line }) => line)),
    indexes: new Map(entries.map((entry, index) => [entry, index])),
  }
}

/** The blocks of a group for the file of one container: the group's own, but for those that it has to have otherwise. */
export function peerBlocks({ blocks, indexes }: PeerGroup, own: OwnWords): readonly LineBlock[] {
  const changes = new Map<number, Map<number, string | undefined>>()
  for (const entry of [...own.disputed, ...own.gone]) {
    const index = indexes.get(entry)
    if (index === undefined) continue
    const { block, row } = blockAt(index)
    const rows = changes.get(block) ?? new Map<number, string | undefined>()
    changes.set(block, rows.set(row, own.gone.has(entry) ? undefined : rowWithout(entry, own)))
  }
  const result = [...blocks]
  for (const [index, rows] of changes) {
    const block = blocks[index]
    if (block !== undefined) result[index] = changedBlock(block, rows)
  }
  return result
}

function rowWithout({ address, names }: HostEntry, { taken }: OwnWords): string | undefined {
  const left = names.filter((name) => !taken.has(name.toLowerCase()))
  return left.length > 0 ? `${hostLine(address, left)}\n` : undefined
}
