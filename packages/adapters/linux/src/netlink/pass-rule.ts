import { forwardTables, passRule } from '@vethra/firewall'
import {
  askChain,
  decodeChain,
  dumpRules,
  encodeNftBatch,
  explainErrno,
  handleOfRule,
  type NftTable,
} from '@vethra/netlink'
import {
  missingLegacyPassages,
  notPut,
  type Passage,
  removeLegacyPassages,
} from '../applied/legacy-passages.ts'
import type { Session } from './session.ts'

const chain = 'FORWARD'

/** The chains that drop what our table lets pass: those of iptables-nft and of iptables-legacy. */
export function missingPassages(session: Session): readonly Passage[] {
  return [
    ...forwardTables.filter((table) => lacksRule(session, table)).map(nftPassage(session)),
    ...missingLegacyPassages(),
  ]
}

/** Removes the rule wherever it is: there is nothing left to be passed. */
export function removePassages(session: Session): void {
  for (const table of forwardTables) {
    const ops = handlesOf(session, table).map(
      (handle) => ({ ...table, kind: 'delete rule', chain, handle }) as const,
    )
    if (ops.length > 0) session.netfilter(encodeNftBatch(ops))
  }
  removeLegacyPassages()
}

function lacksRule(session: Session, table: NftTable): boolean {
  const [message] = session.netfilter([askChain(table, chain)]).messages
  const drops = message !== undefined && decodeChain(message).base?.policy === 'drop'
  return drops && handlesOf(session, table).length === 0
}

function handlesOf(session: Session, table: NftTable): readonly bigint[] {
  const { messages } = session.netfilter([dumpRules(table, chain)])
  return messages.flatMap((each) => handleOfRule(each, passRule) ?? [])
}

function nftPassage(session: Session): (table: NftTable) => Passage {
  return (table) => {
    const name = `${table.family} ${table.table} ${chain}`
    return {
      name,
      put: () => {
        const rule = { ...table, kind: 'insert rule', chain, expressions: passRule } as const
        const [refusal] = session.netfilter(encodeNftBatch([rule])).refusals
        if (refusal) throw notPut(name, explainErrno(refusal.errno))
      },
    }
  }
}
