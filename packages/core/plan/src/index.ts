/**
 * The next plugin to run for an operation on a conf list, given the last outcome, and the loops that
 * have it run. Not for finding or starting programs (`@vethra/plugin-exec`), nor for files
 * (`@vethra/memory`).
 */
export { type AttachTools, attach, cachedList, checkAttachment, detach } from './attach.ts'
export type { AttachmentRecord, AttachmentRecords } from './attachment-records.ts'
export { type CniRuntime, cniRuntime } from './cni-runtime.ts'
export { collectGarbage } from './collect-garbage.ts'
export { type DetachOptions, detachEach } from './detach-each.ts'
export { checkDoor } from './door.ts'
export { together } from './failures.ts'
export { attachAnew, type ChainAgain, chainAgain, detachIfDue } from './heal.ts'
export { holdingContainer } from './holding-container.ts'
export { isWhole } from './killed-add.ts'
export type { Membership } from './membership.ts'
export {
  identityOf,
  isSameNamespace,
  type Life,
  lifeOf,
  type NamespaceIdentity,
  readIdentity,
  type SeenNamespace,
} from './namespace.ts'
export {
  checkNamespace,
  isProven,
  type LifeTools,
  type LinkInside,
  lifeNow,
  type NamespaceFacts,
  type SeenInterface,
} from './namespace-facts.ts'
export { checkStatus, freeUnused } from './network-operations.ts'
export {
  type AttachmentPlan,
  advance,
  type NetworkPlan,
  type Outcome,
  type Plan,
  type Progress,
  type Step,
  start,
  stepOf,
  type ValidAttachment,
} from './next-step.ts'
export {
  attachAll,
  attachEach,
  checkAll,
  detachAll,
  type HostTools,
  openDoor,
} from './on-host.ts'
export { passLocks } from './pass-locks.ts'

export type { PluginReport, PluginRunner } from './plugin-runner.ts'
export { type Publishing, portsOf, publishPorts, publishThrough, takesPorts } from './publish.ts'
export { reportLines, stepLines } from './report-lines.ts'
export {
  type AttachmentKey,
  byInterface,
  type CachedAttachment,
  type ResultCache,
} from './result-cache.ts'
export { plannedCalls, run } from './run.ts'
export {
  type Attempt,
  all,
  demandDone,
  goingOn,
  inSequence,
  type Outcome as SequenceOutcome,
  type Step as SequenceStep,
  type StepLog,
} from './sequence.ts'
export { supportedVersions } from './supported-versions.ts'
export { validateList } from './validate-list.ts'
export {
  attachedIdOf,
  attachedIds,
  checkOthers,
  entryLives,
  recordsAmong,
  recordsOf,
} from './whose.ts'
