/** IP addresses and prefixes: one reading, the only arithmetic. Not for choosing addresses: that is `@vethra/ipam`. */
export {
  type Address,
  addAddress,
  addressBits,
  compareAddresses,
  type Family,
  formatAddress,
  fromOctets,
  isCanonical,
  isLocal,
  readAddress,
  readLiteral,
  toOctets,
  withoutMapping,
} from './address.ts'
export {
  areOverlapping,
  type Cidr,
  contains,
  firstAddress,
  formatPrefix,
  isIn,
  lastAddress,
  overlaps,
  type Prefix,
  prefixAt,
  readCidr,
} from './prefix.ts'
export { commonRange, formatRange, outsideOf, type Range, readRange } from './range.ts'
