import { CniError } from '@vethra/cni'
import { makeTable, tableRuleCount, vethraTable } from '@vethra/firewall'
import { dumpRules, encodeNftBatch, explainErrno } from '@vethra/netlink'
import type { Session } from './session.ts'
import { startTable } from './table.ts'

/** Whether our table has all of its rules: an administrator may have put more there, which stay as long as none is missing. */
export function isTableWhole(session: Session): boolean {
  return session.netfilter([dumpRules(vethraTable)]).messages.length >= tableRuleCount()
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
