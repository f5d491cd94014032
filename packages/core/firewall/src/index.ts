/** The firewall by effect, the nftables rules that do it, and in `iptables/` those of Go plugins. Not for the kernel's own state. */

export * from './dropped-by.ts'
export {
  elementOps,
  elementsOf,
  isEffect,
  type PlacedElement,
  shapeOf,
} from './effects.ts'
export { effectsFrom, tellingSets } from './effects-from.ts'
export { type FilterTable, type Hindrance, hasHindrance, withUnreadQueues } from './filter-table.ts'
export { hostportLeads } from './hostport-table.ts'
export { attachmentChains } from './iptables/chain-names.ts'
export { filterTables } from './iptables/filter-tables.ts'
export { type ForwardedPorts, forwardedPorts } from './iptables/forwarded-ports.ts'
export * from './iptables/leftovers.ts'
export { type MasqueradedAttachment, masqueradingRules } from './iptables/masquerading-rules.ts'
export type { Isolation, ObservedFirewall, OwnedRules } from './iptables/observed-firewall.ts'
export * from './iptables/read-firewall.ts'
export type { SavedRules } from './iptables/rule-lines.ts'
export { bridgeOf, networkRulesReady, sharedRulesReady } from './iptables/shared-rules.ts'
export * from './masquerade-table.ts'
export { passMark } from './pass-mark.ts'
export * from './pass-rule.ts'
export { hostportTable, masqueradeTable } from './plugin-tables.ts'
export { readNftTable } from './read-nft-table.ts'
export { expressionsOf, type Field, type Rule } from './rule.ts'
export { tableRuleCount, tableRules } from './table-rules.ts'
export { elementText, tableText } from './table-text.ts'
export {
  chains,
  floodingOp,
  isOurTable,
  makeTable,
  sets,
  tableComment,
  tableVersion,
  versionOf,
  vethraTable,
} from './vethra-table.ts'
