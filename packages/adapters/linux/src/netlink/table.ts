import { ioError, present } from '@vethra/cni'
import {
  makeTable,
  sets,
  tableComment,
  tableVersion,
  versionOf,
  vethraTable,
} from '@vethra/firewall'
import {
  askGeneration,
  askTable,
  tableComment as commentOfTable,
  copiesOf,
  dumpElements,
  explainErrno,
  generationOf,
  isDormant,
  type NftOp,
} from '@vethra/netlink'
import type { Session } from './session.ts'

/** The operations that come first in a transaction on our table: none where it is as this version makes it. */
export interface TableStart {
  readonly ops: readonly NftOp[]
  /** The generation that the operations were read from; a transaction on a later one is refused with ERESTART. */
  readonly generation?: number
  readonly exists: boolean
}

const missing = 2

/** Prepares our table: made when missing, remade with its elements when old or off. Throws CniError 5 for a newer one, or another program's where it `adds`. */
export function startTable(
  session: Session,
  { adds = true }: { readonly adds?: boolean } = {},
): TableStart {
  const { messages, refusals } = session.askNetfilter(askTable(vethraTable))
  const [message] = messages
  const [refusal] = refusals
  if (refusal && refusal.errno !== missing)
    throw ioError(
      `cannot ask for table inet vethra: ${explainErrno(refusal.errno)}`,
      'Plugins in this process need nf_tables in the kernel (CONFIG_NF_TABLES_INET). Set plugins = "exec" in vethra.toml to run plugin programs.',
    )
  if (message === undefined) return { ops: makeTable(), exists: false }
  const comment = commentOfTable(message)
  if (comment === tableComment && !isDormant(message)) return { ops: [], exists: true }
  const version = versionOf(comment)
  if (version === undefined && !adds) return { ops: [], exists: false }
  if (version === undefined)
    throw ioError(
      `table inet vethra is of another program: its comment is ${JSON.stringify(comment)}`,
      'Rename it, or delete it with nft delete table inet vethra.',
    )
  if (version > tableVersion)
    throw ioError(
      `table inet vethra has version ${version}, and this vethra knows versions up to ${tableVersion}`,
      'Use the newer vethra, or, when nothing of it runs, delete the table with nft delete table inet vethra.',
    )
  return { ...remadeTable(session), exists: true }
}

/** The operations that remake our table with its elements in one transaction: the kernel changes no comment and no hook. */
export function remadeTable(session: Session): Omit<TableStart, 'exists'> {
  const [message] = session.askNetfilter(askGeneration()).messages
  const generation = message && generationOf(message)
  const copied = sets.map(({ set }) => {
    const { messages } = session.askNetfilter(dumpElements(vethraTable, set))
    return { ...vethraTable, kind: 'copy elements', set, copies: copiesOf(messages) } as const
  })
  return {
    ops: [{ ...vethraTable, kind: 'delete table' }, ...makeTable(), ...copied],
    ...present({ generation }),
  }
}
