/** The CNI specification as values: versions, conf lists, attachments, results, plugin calls; CniError; which lock guards what. */
export type { Attachment, AttachmentKey, CniArgs } from './attachment.ts'
export {
  CniError,
  type CniErrorFields,
  confError,
  decodeError,
  hostError,
  inUseError,
  invalidFileError,
  ioError,
  netnsError,
  noProgramError,
  notFoundError,
  oneOrAll,
  unknownNetwork,
  usageError,
} from './cni-error.ts'
export type { ConfList, PluginConf } from './conf-list.ts'
export {
  type ContainerRef,
  containerIdOf,
  dashJoined,
  isNamespace,
  readingsOf,
  splitContainerId,
} from './container-id.ts'
export { errorCodes, errorName } from './error-codes.ts'
export { parseExactly } from './exact-json.ts'
export { explain } from './explain.ts'
export { foldKey, goBool, goField, goItems, goKeys, goText, goType } from './go-json.ts'
export { guards, type LockPlaces, resolverFile, resolverLogSocket } from './guards.ts'
export { isObject, isTexts, type Json, type JsonObject } from './json.ts'
export {
  checkContainerId,
  checkIfname,
  checkNetworkName,
  checkNewIfname,
  checkPathComponent,
  checkPlainIfname,
  isPathComponent,
} from './names.ts'
export {
  identityOf,
  isProvable,
  isSameNamespace,
  type Life,
  lifeOf,
  type NamespaceIdentity,
  readIdentity,
  type SeenNamespace,
} from './namespace.ts'
export { attempt, onCniError, orElse, passes } from './or-else.ts'
export { parseAddress, parsePrefix } from './parse-address.ts'
export {
  deepestPart,
  endOfString,
  isNestedDeeper,
  jsonOrNull,
  parseJson,
  parseJsonOr,
} from './parse-json.ts'
export { type ParsedResult, parseResult, readResult } from './parse-result.ts'
export type { Operation, PluginCall, PluginExit } from './plugin-call.ts'
export {
  exitStatus,
  installHint,
  type KilledPlugin,
  type PluginLimits,
  pluginCandidates,
  pluginEnvironment,
  pluginFailure,
  pluginMissing,
  pluginNotStarted,
  pluginTooFar,
} from './plugin-protocol.ts'
export { present } from './present.ts'
export { escapeControls, oneLine } from './printable.ts'
export { type RenderedResult, renderResult } from './render-result.ts'
export type { Result, ResultDns, ResultInterface, ResultIp, ResultRoute } from './result.ts'
export { canonicalCidr, familyOf } from './result-addresses.ts'
export { systemHint } from './system-hint.ts'
export { compareVersions, isSpecVersion, type SpecVersion, specVersions } from './versions.ts'
