/**
 * The CNI specification 1.1.0 as data: inputs, what has to come of them, and where it is written. Not
 * for running anything: the tests of each implementation do that.
 */
export { type ConfListVector, confListVectors } from './conf-lists.ts'
export {
  type ConversionVector,
  conversionVectors,
  fullResult,
  roundTrips,
} from './conversions.ts'
export { type DiscoveryVector, discoveryVectors } from './discovery.ts'
export { type ErrorCodeVector, errorCodeVectors } from './error-codes.ts'
export { type NameVector, nameVectors } from './names.ts'
export {
  type ChainVector,
  chainVectors,
  type OperationVector,
  operationVectors,
} from './operations.ts'
export { type PluginOutputVector, pluginOutputVectors } from './plugin-outputs.ts'
export { type Data, type RequestVector, requestVectors } from './requests.ts'
export { type ResultVector, resultVectors } from './results.ts'
export { type Fault, titled, type Vector } from './vector.ts'
export { type VersionVector, versionVectors } from './versions.ts'
