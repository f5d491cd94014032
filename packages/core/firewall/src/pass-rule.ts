import { hostNumber, type NftExpression, type NftTable } from '@vethra/netlink'
import { passMark } from './pass-mark.ts'

/** The tables of iptables-nft whose chain FORWARD forwarded packets pass after ours. */
export const forwardTables: readonly NftTable[] = [
  { family: 'ip', table: 'filter' },
  { family: 'ip6', table: 'filter' },
]

/** The expressions of the one rule of ours in chains of others: what our chains let pass is accepted. iptables(8) reads it as its own. */
export const passRule: readonly NftExpression[] = [
  { kind: 'load', what: 'mark', register: 1 },
  { kind: 'mask', register: 1, mask: hostNumber(passMark) },
  { kind: 'compare', register: 1, value: hostNumber(passMark) },
  { kind: 'count' },
  { kind: 'verdict', verdict: 'accept' },
]

const mark = `0x${passMark.toString(16)}`

/** The same rule as arguments of iptables(8), and as it prints it. */
export const passRuleArguments: readonly string[] =
  `-m mark --mark ${mark}/${mark} -j ACCEPT`.split(' ')

/** The chains of iptables for administrators, and for what the Go plugins accept, which leads to it first. */
export const adminChain = 'CNI-ADMIN'
export const pluginChain = 'CNI-FORWARD'

/** Whether packets pass the administrator's chain before they are accepted: by where the rules of FORWARD lead, ACCEPT for ours, and those of the plugins' chain. */
export function passesAdminFirst(forward: readonly string[], plugins: readonly string[]): boolean {
  const accepts = forward.indexOf('ACCEPT')
  const before = accepts < 0 ? forward : forward.slice(0, accepts)
  return (
    before.includes(adminChain) || (before.includes(pluginChain) && plugins.includes(adminChain))
  )
}

/** The same rule as nft(8) reads it. */
export const passRuleText: string = `meta mark & ${mark} == ${mark} counter accept`
