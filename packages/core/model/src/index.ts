/**
 * The observed state of a host held against what should be, and what to do about the difference, as
 * values; and whose the firewall rules are that CNI plugins make. Not for looking at a host or for
 * changing one: that is `@vethra/doctor`.
 */
export { type AttachmentRef, attachmentText } from './attachment-ref.ts'
export { attachmentChains } from './chain-names.ts'
export type {
  DesiredAddress,
  DesiredAttachment,
  DesiredContainer,
  DesiredNetwork,
  DesiredPort,
  DesiredState,
  Isolation,
} from './desired-state.ts'
export { diff } from './diff.ts'
export type { Finding, Severity, Subject } from './finding.ts'
export { type ForwardedPorts, forwardedPorts } from './forwarded-ports.ts'
export { attachmentLeftovers, networkLeftovers, sharedLeftovers } from './leftovers.ts'
export type {
  ObservedAttachment,
  ObservedFault,
  ObservedReservation,
  ObservedState,
} from './observed-state.ts'
export { planRepairs } from './plan-repairs.ts'
export { describeRepair, type Repair, type RepairedReservation } from './repair.ts'
export type { RuleSets, SavedRules } from './rule-sets.ts'
export { parseRules, type RuleTable } from './rules.ts'
export { networkRulesReady, sharedRulesReady } from './shared-rules.ts'
