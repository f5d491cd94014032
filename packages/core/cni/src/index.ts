/** The CNI specification as values: versions, conf lists, attachments, results, plugin calls; CniError; which lock guards what. */
export * from './attachment.ts'
export * from './cni-error.ts'
export type { ConfList, PluginConf } from './conf-list.ts'
export * from './container-id.ts'
export { errorCodes, errorName } from './error-codes.ts'
export { parseExactly } from './exact-json.ts'
export { explain } from './explain.ts'
export { foldKey, goBool, goField, goItems, goKeys, goText, goType } from './go-json.ts'
export { guards, type LockPlaces, resolverFile, resolverLogSocket } from './guards.ts'
export { isObject, isTexts, type Json, type JsonObject } from './json.ts'
export * from './names.ts'
export * from './namespace.ts'
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
export * from './plugin-protocol.ts'
export { present } from './present.ts'
export { escapeControls, oneLine } from './printable.ts'
export { type RenderedResult, renderResult } from './render-result.ts'
export type { Result, ResultDns, ResultInterface, ResultIp, ResultRoute } from './result.ts'
export { canonicalCidr, familyOf } from './result-addresses.ts'
export { systemHint } from './system-hint.ts'
export { compareVersions, isSpecVersion, type SpecVersion, specVersions } from './versions.ts'
