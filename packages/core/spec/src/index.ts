/**
 * The words of the CNI specification as types, the checks of names, and the one error of this
 * monorepo. Not for parsing: that is `@vethra/conflist` and `@vethra/result`.
 */
export type { Attachment, CniArgs } from './attachment.ts'
export { CniError, type CniErrorFields } from './cni-error.ts'
export type { ConfList, PluginConf } from './conf-list.ts'
export {
  type ContainerRef,
  containerIdOf,
  dashJoined,
  isNamespace,
  splitContainerId,
} from './container-id.ts'
export { errorCodes, errorName } from './error-codes.ts'
export { parseExactly } from './exact-json.ts'
export { explain } from './explain.ts'
export { goField, goType } from './go-json.ts'
export type { Json, JsonObject } from './json.ts'
export { checkContainerId, checkIfname, checkNetworkName, checkPathComponent } from './names.ts'
export type { Operation } from './operation.ts'
export { parseAddress, parsePrefix } from './parse-address.ts'
export { deepestPart, isNestedDeeper, parseJson } from './parse-json.ts'
export { escapeControls, oneLine } from './printable.ts'
export type { Result, ResultDns, ResultInterface, ResultIp, ResultRoute } from './result.ts'
export { systemHint } from './system-hint.ts'
export { compareVersions, isSpecVersion, type SpecVersion, specVersions } from './versions.ts'
