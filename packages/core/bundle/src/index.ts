/**
 * An OCI config.json and what the user asked for, to the edits that attach the container to its
 * networks, and what the hook may believe of what it is handed. Not for reading or writing files,
 * nor for finding networks and containers.
 */
export { type AnnotationKey, annotationKeys } from './annotations.ts'
export { checkIds } from './check-names.ts'
export { checkRequest } from './check-request.ts'
export { type ParsedConfig, parseConfig } from './config.ts'
export { type HookRequest, hookRequest } from './hook-request.ts'
export { parseNetworkFlag } from './network-flag.ts'
export { type NetworkMode, networkMode } from './network-mode.ts'
export type { BundlePlaces, HookProgram, JoinedContainer } from './places.ts'
export { type BundlePlan, planBundle } from './plan.ts'
export { type BundleRecord, parseRecord, renderRecord } from './record.ts'
export type { BundleRequest, DnsRequest, NetworkRequest } from './request.ts'
export { idInState, type OciState, parseState } from './state.ts'
export {
  type ConfigUndo,
  hashOf,
  isOfAnother,
  type PreparedConfig,
  parsePrepared,
  undoConfig,
} from './undo.ts'
