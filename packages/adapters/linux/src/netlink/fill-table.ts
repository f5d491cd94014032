import { CniError } from '@vethra/cni'
import { expressionsOf, makeTable, tableRules, vethraTable } from '@vethra/firewall'
import {
  askTable,
  chainOfRule,
  dumpRules,
  encodeNftBatch,
  explainErrno,
  handleOfRule,
  isDormant,
  type NftExpression,
  type ReceivedMessage,
} from '@vethra/netlink'
import type { Session } from './session.ts'
import { startTable } from './table.ts'

/**
 * Whether our table is switched on and has all of its rules as they were made: an administrator may have put more there,
 * which stay as long as none is missing.
 */
export function isTableWhole(session: Session): boolean {
  const [table] = session.askNetfilter(askTable(vethraTable)).messages
  if (table === undefined || isDormant(table)) return false
  const { messages } = session.askNetfilter(dumpRules(vethraTable))
  const found = Map.groupBy(messages, chainOfRule)
  return Object.entries(tableRules()).every(([chain, rules]) =>
    isInOrder(rules.map(expressionsOf), found.get(chain) ?? []),
  )
}

function isInOrder(
  wanted: readonly (readonly NftExpression[])[],
  found: readonly ReceivedMessage[],
): boolean {
  let met = 0
  for (const each of found) {
    const next = wanted[met]
    if (next && handleOfRule(each, next) !== undefined) met += 1
  }
  return met === wanted.length
}

/** Makes our table, or fills its chains again; its elements stay. Throws CniError 5 where the kernel refuses, or as `startTable` does. */
export function fillTable(session: Session): void {
  const { ops, generation } = startTable(session)
  const batch = encodeNftBatch(ops.length > 0 ? ops : makeTable(), generation)
  const [refusal] = session.netfilter(batch).refusals
  if (refusal === undefined) return
  throw new CniError({
    code: 5,
    message: `cannot fill table inet vethra: ${explainErrno(refusal.errno)}`,
    hint: 'Delete it with nft delete table inet vethra: vethra doctor --repair makes it again.',
  })
}
