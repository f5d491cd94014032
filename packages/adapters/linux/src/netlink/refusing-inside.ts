import { decodeChain, dropsAll, dumpChains, dumpRules, handleOf } from '@vethra/netlink'
import type { Session } from './session.ts'

/** The commands that end what drops all packets of a family inside of a container: a base chain's first rule, or the policy of an empty one. */
export function refusingInside(session: Session, families: ReadonlySet<4 | 6>): readonly string[] {
  return (['ip', 'ip6', 'inet'] as const).flatMap((family) => {
    if (family !== 'inet' && !families.has(family === 'ip' ? 4 : 6)) return []
    const { messages } = session.askInside(dumpChains({ family, table: '' }))
    return messages.map(decodeChain).flatMap(({ table, chain, base }) => {
      // Who is inside chooses the names.
      if (base === undefined || base.hook === forward || !isPlain.test(table + chain)) return []
      const [first] = session.askInside(dumpRules({ family, table }, chain)).messages
      const name = `${family} ${table} ${chain}`
      if (first === undefined) return base.policy === 'drop' ? [`nft delete chain ${name}`] : []
      return dropsAll(first) ? [`nft delete rule ${name} handle ${handleOf(first)}`] : []
    })
  })
}

/** The number of the hook for what is forwarded: a container's own matter (linux/netfilter.h). */
const forward = 2

const isPlain = /^[\w.-]+$/
