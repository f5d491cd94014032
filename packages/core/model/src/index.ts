/**
 * The observed state of a host held against what should be, and what to do about the difference: so
 * far the firewall rules that CNI plugins leave. Not for reading or changing them: that is
 * `@vethra/iptables`.
 */
export { attachmentChains } from './chain-names.ts'
export { attachmentLeftovers, networkLeftovers, sharedLeftovers } from './leftovers.ts'
export type { RuleSets, SavedRules } from './rule-sets.ts'
export { parseRules, type RuleTable } from './rules.ts'
export { networkRulesReady, sharedRulesReady } from './shared-rules.ts'
