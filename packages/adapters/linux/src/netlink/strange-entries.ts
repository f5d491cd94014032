import { chains, expressionsOf, isOurTable, sets, tableRules, vethraTable } from '@vethra/firewall'
import {
  askTable,
  chainOfRule,
  decodeChain,
  dropsSome,
  dumpChains,
  dumpRules,
  type FoundChain,
  handleOf,
  handleOfRule,
  type NftExpression,
  type ReceivedMessage,
  tableComment,
} from '@vethra/netlink'
import type { StrangeEntry } from '@vethra/world'
import { strangeElements } from '../observed/strange-elements.ts'
import { elementsIn } from './effects.ts'
import type { Session } from './session.ts'

/** The chains, rules and elements of our table that are not of our making, or the table itself; none where there is no table. */
export function strangeEntries(session: Session): readonly StrangeEntry[] {
  const [table] = session.askNetfilter(askTable(vethraTable)).messages
  if (table === undefined) return []
  const comment = tableComment(table)
  if (!isOurTable(comment)) return [{ deletion: `delete table ${name}`, refuses: true, comment }]
  const rules = Map.groupBy(session.askNetfilter(dumpRules(vethraTable)).messages, chainOfRule)
  const wanted = tableRules()
  const strangers = chainsIn(session).filter(
    (each) => !chains.some(({ chain }) => chain === each.chain),
  )
  return [
    ...strangers.map(({ chain, base }) => ({
      deletion: `delete chain ${name} ${chain}`,
      refuses: base?.policy === 'drop' || (rules.get(chain) ?? []).some(dropsSome),
    })),
    ...Object.entries(wanted).flatMap(([chain, own]) =>
      beside(own.map(expressionsOf), rules.get(chain) ?? []).map((each) => ({
        deletion: `delete rule ${name} ${chain} handle ${handleOf(each)}`,
        refuses: dropsSome(each),
      })),
    ),
    ...strangeElements(sets.flatMap(({ set }) => elementsIn(session, set))),
  ]
}

const name = `${vethraTable.family} ${vethraTable.table}`

/** The chains of our table. */
export function chainsIn(session: Session): readonly FoundChain[] {
  const { messages } = session.askNetfilter(dumpChains(vethraTable))
  return messages.map(decodeChain).filter(({ table }) => table === vethraTable.table)
}

/** The rules that are left once each of ours is met, in order. */
export function beside(
  own: readonly (readonly NftExpression[])[],
  found: readonly ReceivedMessage[],
): readonly ReceivedMessage[] {
  let met = 0
  return found.filter((each) => {
    const next = own[met]
    const isOurs = next !== undefined && handleOfRule(each, next) !== undefined
    if (isOurs) met += 1
    return !isOurs
  })
}
