/**
 * Observes a host through the adapters given, reports findings, and makes the safe repairs. Not for
 * deciding what is wrong: that is `@vethra/model`.
 */
export type {
  Clock,
  DamagedFile,
  DoctorTools,
  HostsFolder,
  HostsFolders,
  KnownContainers,
  Memory,
  NamespaceTools,
  OtherSigns,
  WatchedFolder,
} from './doctor-tools.ts'
export { examine } from './examine.ts'
export { type Healing, heal } from './heal.ts'
export type { Kernel, KernelFacts } from './kernel.ts'
export { type HostState, observe } from './observe.ts'
export { type RepairEvent, type RepairOutcome, repair } from './repair.ts'
export { type FindingRow, findingRow, outcomeRow, plannedRow, type RepairRow } from './rows.ts'
