/**
 * Addresses as numbers, host-local's range sets, the order in which addresses are tried, and the
 * interface of a store of reservations. Not for keeping reservations: that is `@vethra/ipam-disk`.
 */
export {
  type Address,
  addAddress,
  addressBits,
  compareAddresses,
  type Family,
  formatAddress,
  parseAddress,
  readAddress,
} from './address.ts'
export { type Candidate, candidates } from './candidates.ts'
export {
  type Cidr,
  contains,
  firstAddress,
  formatPrefix,
  lastAddress,
  overlaps,
  type Prefix,
  parsePrefix,
  prefixAt,
  readCidr,
} from './prefix.ts'
export type { Range, RangeConf } from './range.ts'
export {
  formatRange,
  formatRangeSet,
  type RangeSet,
  type RangeSource,
  rangeOf,
  rangeSets,
} from './range-set.ts'
export type { IpamStore, RemoveNetworkOptions, Reservation } from './store.ts'
