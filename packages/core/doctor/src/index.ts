/**
 * Looks at a host through adapters that are handed in, tells what is not as it should be, and repairs
 * what is safe to repair. Not for deciding what is wrong: that is `@vethra/model`.
 */
export type { Clock, DoctorTools, NamespaceTools } from './doctor-tools.ts'
export { examine } from './examine.ts'
export { type HostState, observe } from './observe.ts'
export { type RepairEvent, type RepairOutcome, repair } from './repair.ts'
