/**
 * The observed state of a host held against what should be, and what to do about the difference, as
 * values; and whose the firewall rules are that CNI plugins make. Not for looking at a host or for
 * changing one: that is `@vethra/engine`.
 */
export { type AttachmentRef, attachmentText } from './attachment-ref.ts'
export { attachmentChains } from './chain-names.ts'
export { describeRepair } from './describe-repair.ts'
export type {
  DesiredAddress,
  DesiredAttachment,
  DesiredBridge,
  DesiredContainer,
  DesiredNetwork,
  DesiredPort,
  DesiredState,
  Isolation,
  TableEffect,
} from './desired-state.ts'
export { diff } from './diff.ts'
export { datedInThePast } from './diff-reservations.ts'
export type { Finding, Severity, Subject } from './finding.ts'
export { type ForwardedPorts, forwardedPorts } from './forwarded-ports.ts'
export { attachmentLeftovers, networkLeftovers, sharedLeftovers } from './leftovers.ts'
export { masqueradingRules } from './masquerading-rules.ts'
export type { ObservedFirewall, OwnedRules, PublishedPort } from './observed-firewall.ts'
export type { ObservedFolder, ObservedHost, ObservedProgram } from './observed-host.ts'
export type {
  MissingResource,
  ObservedAttachment,
  ObservedContainer,
  ObservedFault,
  ObservedFlow,
  ObservedLink,
  ObservedName,
  ObservedPortHold,
  ObservedReservation,
  ObservedRoute,
  ObservedState,
  ObservedTable,
  ShadowedConf,
  TableOwner,
} from './observed-state.ts'
export { planRepairs } from './plan-repairs.ts'
export { readFirewall, unreadableTables } from './read-firewall.ts'
export type {
  MasqueradedAttachment,
  Repair,
  RepairedBridge,
  RepairedReservation,
  RuleEffect,
} from './repair.ts'
export { parseRules, type RuleTable } from './rules.ts'
export type { SavedRules } from './saved-rules.ts'
export { bridgeOf, networkRulesReady, sharedRulesReady } from './shared-rules.ts'
