/**
 * The next plugin to run for an operation on a conf list, given the last outcome, and the loops that
 * have it run. Not for finding or starting programs (`@vethra/plugin-exec`), nor for files
 * (`@vethra/result-cache`).
 */
export { type AttachTools, attach, detach } from './attach.ts'
export {
  advance,
  type Outcome,
  type Plan,
  type Progress,
  type Step,
  start,
  stepOf,
} from './next-step.ts'
export { attachAll, detachAll, type HostTools, type Membership } from './on-host.ts'
export {
  type PluginExit,
  pluginCandidates,
  pluginEnvironment,
  pluginFailure,
  pluginMissing,
} from './plugin-protocol.ts'
export type { PluginCall, PluginRunner } from './plugin-runner.ts'
export type { AttachmentKey, CachedAttachment, ResultCache } from './result-cache.ts'
export { run } from './run.ts'
