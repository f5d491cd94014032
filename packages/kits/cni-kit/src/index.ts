/**
 * The CNI specification 1.1.0 as data (inputs, what has to come of them, and where it is written), and the protocol's
 * cases against any plugin executable. It starts nothing itself: processes and namespaces are handed in.
 */
export { describePlugin } from './plugin/describe-plugin.ts'
export type { OpenPlugin, PluginRun, PluginSubject, PluginTraits } from './plugin/subject.ts'
export { type ConfListVector, confListVectors } from './vectors/conf-lists.ts'
export * from './vectors/conversions.ts'
export { type DiscoveryVector, discoveryVectors } from './vectors/discovery.ts'
export { type ErrorCodeVector, errorCodeVectors } from './vectors/error-codes.ts'
export { type NameVector, nameVectors } from './vectors/names.ts'
export * from './vectors/operations.ts'
export { type PluginOutputVector, pluginOutputVectors } from './vectors/plugin-outputs.ts'
export { type Data, type RequestVector, requestVectors } from './vectors/requests.ts'
export { type ResultVector, resultVectors } from './vectors/results.ts'
export { type Fault, titled, type Vector } from './vectors/vector.ts'
export { type VersionVector, versionVectors } from './vectors/versions.ts'
