/** The confs of host-local and static, the choice of addresses, and claims on a store. Not for keeping reservations: `@vethra/ipam-disk`. */
export * from './allocation.ts'
export { type Candidate, candidates, ipOf } from './candidates.ts'
export type { Claim, ClaimOutcome, Holder, Reservation } from './claim.ts'
export { readCniArgs } from './cni-args.ts'
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
export { isKnown, judgedAfterMs, reasonToKeep, type SignsOfLife } from './reason-to-keep.ts'
export { readStaticConf, type StaticConf } from './static-conf.ts'
export { formatUsage, sizeOf, type Usage, usageOf } from './usage.ts'
