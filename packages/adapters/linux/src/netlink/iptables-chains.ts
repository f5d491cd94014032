import { askChain, type NftTable } from '@vethra/netlink'
import { legacyTables } from '../legacy-tables.ts'
import { openSession } from './session.ts'

const families = ['ip', 'ip6'] as const

/** Whether a table of iptables, IPv4 or IPv6, has one of these chains; true where iptables-legacy hides its own. */
export function hasIptablesChain(table: 'filter' | 'nat', chains: readonly string[]): boolean {
  if (families.some((family) => legacyTables(family).includes(table))) return true
  const session = openSession('')
  try {
    const asked = families.flatMap((family) =>
      chains.map((chain) => askChain({ family, table } satisfies NftTable, chain)),
    )
    return asked.some((message) => session.askNetfilter(message).messages.length > 0)
  } finally {
    session.close()
  }
}
