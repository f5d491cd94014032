/** The request of a container: edits of its config.json, the record, the hook's checked input, published ports. Not for files. */
export { parseMac } from './addresses.ts'
export { annotationKeys } from './annotations.ts'
export { assignPorts, type PortFacts } from './assign-ports.ts'
export { brokenPromises } from './broken-promises.ts'
export type { BundleFlags } from './bundle-flags.ts'
export { checkHostIps } from './check-host-ips.ts'
export { checkIds, checkName } from './check-names.ts'
export { checkRequest } from './check-request.ts'
export type { HeldMapping, ListeningSocket } from './claims.ts'
export { type ParsedConfig, parseConfig } from './config.ts'
export { containerNames } from './container-names.ts'
export { formatPorts } from './format-ports.ts'
export { formatSocket, type HeldSocket, heldSockets, readSocket } from './held-sockets.ts'
export { joinedNamespace } from './joined-namespace.ts'
export {
  freeInterfaces,
  type JoiningContainer,
  type Membership,
  membershipsOf,
  takesMappings,
  takesPorts,
  type WantedNetwork,
} from './memberships.ts'
export { parseNetworkFlag } from './network-flag.ts'
export { type NetworkMode, networkMode } from './network-mode.ts'
export type { BundlePlaces } from './places.ts'
export { type BundlePlan, planBundle } from './plan.ts'
export { type PodNames, podNames, podNamespace, podOf, podText } from './pod.ts'
export {
  type AnswerFacts,
  type PortAnswer,
  type PortLead,
  type PortReason,
  portAnswer,
} from './port-answer.ts'
export {
  capabilityMappings,
  joinHostPort,
  type PortMapping,
  type Protocol,
  readProtocol,
} from './port-mapping.ts'
export { type PortRequest, parsePortSpec, parsePortSpecs } from './port-spec.ts'
export { hookRequest } from './read-hook-request.ts'
export { type BundleRecord, type HookRequest, parseRecord, renderRecord } from './record.ts'
export type { BundleRequest, NetworkRequest } from './request.ts'
export { bypassOf, bypassRequest } from './rootless/bypass.ts'
export {
  formatForward,
  forwardInTheWay,
  forwardsTo,
  innerPort,
  innerPorts,
  isInside,
  wantedForwards,
} from './rootless/forwarded-ports.ts'
export {
  type ForwardedPort,
  type NumberedPort,
  type RootlessInfo,
  readForwardedPort,
  readForwardedPorts,
  readRootlessInfo,
} from './rootless/kit-answers.ts'
export {
  kitNeeds,
  type RootlessNeed,
  type SeenKit,
  type SeenUser,
  userNeeds,
} from './rootless/rootless-needs.ts'
export { nameOfUser, subIdsOf } from './rootless/sub-ids.ts'
export { type Asked, askedOf } from './runtime/asked.ts'
export { hookFile, hookFileName, isHookFile } from './runtime/hook-file.ts'
export { checkLimits, meantNames } from './runtime/limits.ts'
export { type LogLine, logFile, logLine } from './runtime/log-line.ts'
export { podmanId } from './runtime/manager-id.ts'
export { namespaceOfRoot } from './runtime/namespace-of.ts'
export { idInState, type OciState, parseState } from './state.ts'
export { parseStoredMappings, type StoredMapping, storedMappings } from './stored-mappings.ts'
export {
  type ConfigUndo,
  hashOf,
  isOfAnother,
  type PreparedConfig,
  parsePrepared,
  undoConfig,
} from './undo.ts'
