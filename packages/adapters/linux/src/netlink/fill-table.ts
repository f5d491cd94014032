import { ioError } from '@vethra/cni'
import { chains, expressionsOf, makeTable, tableRules, vethraTable } from '@vethra/firewall'
import {
  askTable,
  chainOfRule,
  dumpRules,
  explainErrno,
  hookNumbers,
  isDormant,
} from '@vethra/netlink'
import { isPassing, sendTransaction } from './apply-effects.ts'
import type { Session } from './session.ts'
import { beside, chainsIn } from './strange-entries.ts'
import { remadeTable, startTable, type TableStart } from './table.ts'

/** Whether our table is active, with its hooks, policies and rules as made; additional ones may stay. */
export function isTableWhole(session: Session): boolean {
  const [table] = session.askNetfilter(askTable(vethraTable)).messages
  if (table === undefined || isDormant(table) || !hasBases(session, true)) return false
  const { messages } = session.askNetfilter(dumpRules(vethraTable))
  const found = Map.groupBy(messages, chainOfRule)
  return Object.entries(tableRules()).every(([chain, rules]) => {
    const there = found.get(chain) ?? []
    return there.length - beside(rules.map(expressionsOf), there).length === rules.length
  })
}

// A policy is changed in place, a hook or a priority is not.
function hasBases(session: Session, withPolicies: boolean): boolean {
  const found = new Map(chainsIn(session).map(({ chain, base }) => [chain, base]))
  return chains.every(({ chain, base }) => {
    const there = found.get(chain)
    return (
      found.has(chain) &&
      there?.hook === (base && hookNumbers[base.hook]) &&
      there?.priority === base?.priority &&
      (!withPolicies || there?.policy === base?.policy)
    )
  })
}

/** Makes our table, or fills its chains again; its elements stay. Throws CniError 5 where the kernel refuses, or as `startTable` does. */
export function fillTable(session: Session): void {
  for (let attempt = 1; ; attempt += 1) {
    const { ops, generation } = madeAgain(session)
    const refusal = sendTransaction(session, ops, generation)
    if (refusal === undefined) return
    if (isPassing(refusal, attempt)) continue
    throw ioError(
      `cannot fill table inet vethra: ${explainErrno(refusal.errno)}`,
      'Delete it with nft delete table inet vethra: vethra doctor --repair makes it again.',
    )
  }
}

function madeAgain(session: Session): Pick<TableStart, 'ops' | 'generation'> {
  const start = startTable(session)
  if (start.ops.length > 0) return start
  return hasBases(session, false) ? { ops: makeTable() } : remadeTable(session)
}
