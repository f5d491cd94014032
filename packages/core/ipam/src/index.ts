/**
 * The configurations of host-local and static, the choice of addresses, and the interface of a
 * store of reservations. Not for keeping reservations: that is `@vethra/ipam-disk`.
 */
export {
  type Allocated,
  type Allocation,
  type AllocationRequest,
  allocate,
} from './allocate.ts'
export { type Candidate, candidates } from './candidates.ts'
export { dnsOf } from './dns-of.ts'
export { type HostLocalConf, readDataDir, readHostLocalConf } from './host-local-conf.ts'
export type { Range, RangeConf } from './range.ts'
export {
  formatRange,
  formatRangeSet,
  type RangeSet,
  type RangeSource,
  rangeOf,
  rangeSets,
} from './range-set.ts'
export { judgedAfterMs, reasonToKeep, type SignsOfLife } from './reason-to-keep.ts'
export { readStaticConf, type StaticConf } from './static-conf.ts'
export type {
  Claim,
  ClaimOutcome,
  Holder,
  IpamStore,
  RemoveNetworkOptions,
  Reservation,
} from './store.ts'
export { formatUsage, sizeOf, type Usage, usageOf } from './usage.ts'
