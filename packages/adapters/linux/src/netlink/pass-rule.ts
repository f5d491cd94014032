import {
  adminChain,
  forwardTables,
  passesAdminFirst,
  passRule,
  pluginChain,
} from '@vethra/firewall'
import {
  askChain,
  askTable,
  decodeChain,
  dropsAll,
  dumpRules,
  encodeNftBatch,
  explainErrno,
  handleOfRule,
  jumpOf,
  type NftTable,
  type ReceivedMessage,
} from '@vethra/netlink'
import type { Admit } from '@vethra/state'
import { passesLegacyAdmin } from '../applied/admin-chains.ts'
import { firewalldTable, missingSources } from '../applied/firewalld.ts'
import {
  missingLegacyPassages,
  notPut,
  type Passage,
  removeLegacyPassages,
} from '../applied/legacy-passages.ts'
import type { Session } from './session.ts'

const chain = 'FORWARD'

/** The changes without which other firewalls drop what our table passes: rules in iptables chains, subnets in a zone of firewalld. */
export function missingPassages(session: Session, admits: readonly Admit[]): readonly Passage[] {
  return [
    ...forwardTables.filter((table) => lacksRule(session, table)).map(nftPassage(session)),
    ...missingLegacyPassages(),
    ...(hasFirewalld(session) ? missingSources(session.zoneRecords, admits) : []),
  ]
}

function hasFirewalld(session: Session): boolean {
  return session.askNetfilter(askTable(firewalldTable)).messages.length > 0
}

/** Removes the rule wherever it is: there is nothing left to be passed. */
export function removePassages(session: Session): void {
  for (const table of forwardTables) {
    const handles = rulesOf(session, table).flatMap((each) => handleOfRule(each, passRule) ?? [])
    const ops = handles.map((handle) => ({ ...table, kind: 'delete rule', chain, handle }) as const)
    if (ops.length > 0) session.netfilter(encodeNftBatch(ops))
  }
  removeLegacyPassages()
}

/** Whether forwarded packets pass the administrator's chain of iptables, where there is one, before our mark is accepted. */
export function passesAdmin(session: Session): boolean {
  return forwardTables.every((table) => passesAdminOf(session, table)) && passesLegacyAdmin()
}

function passesAdminOf(session: Session, table: NftTable): boolean {
  if (session.askNetfilter(askChain(table, adminChain)).messages.length === 0) return true
  const leading = (each: ReceivedMessage) =>
    handleOfRule(each, passRule) === undefined ? jumpOf(each) : 'ACCEPT'
  const plugins = rulesOf(session, table, pluginChain).map(leading)
  return passesAdminFirst(rulesOf(session, table).map(leading), plugins)
}

function lacksRule(session: Session, table: NftTable): boolean {
  const [message] = session.askNetfilter(askChain(table, chain)).messages
  if (message === undefined) return false
  const rules = rulesOf(session, table)
  const drops = decodeChain(message).base?.policy === 'drop' || rules.some(dropsAll)
  return drops && !rules.some((each) => handleOfRule(each, passRule) !== undefined)
}

function rulesOf(session: Session, table: NftTable, of = chain): readonly ReceivedMessage[] {
  return session.askNetfilter(dumpRules(table, of)).messages
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
