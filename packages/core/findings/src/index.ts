/**
 * The observed state of a host held against what should be, and what to do about the difference, as
 * values. Not for looking at a host or for changing one: that is `@vethra/engine`.
 */
export type {
  DesiredAttachment,
  DesiredBridge,
  DesiredContainer,
  DesiredNetwork,
  DesiredPort,
  DesiredState,
  TableEffect,
} from './desired-state.ts'
export { diff } from './diff.ts'
export { lostFindings } from './diff-files.ts'
export { portLead } from './diff-ports.ts'
export {
  attachmentText,
  type Finding,
  idsOf,
  refOf,
  type Severity,
  type Subject,
} from './finding.ts'
export * from './losses-alone.ts'
export type {
  FolderAccess,
  LedAway,
  LostFile,
  ObservedBridgeEntry,
  ObservedFlow,
  ObservedHost,
  ObservedNeighbour,
  ObservedProgram,
  ObservedRoute,
  ObservedRule,
  ObservedTrafficFilter,
  OpenEntry,
  SeenPath,
  ShadowedConf,
} from './observed-host.ts'
export type {
  LostNetwork,
  MissingResource,
  ObservedAttachment,
  ObservedContainer,
  ObservedFault,
  ObservedLink,
  ObservedName,
  ObservedPortHold,
  ObservedReservation,
  ObservedState,
  ObservedTable,
} from './observed-state.ts'
export { planRepairs } from './plan-repairs.ts'
export type { RepairOf, RepairScope, RuleEffect } from './repair.ts'
export {
  type Repair,
  type RepairedBridge,
  type RepairedLink,
  repairKey,
  scopeOf,
} from './repair.ts'
export { describeRepair, kindOf, type LossPlace, type RepairKind } from './repair-kinds.ts'
