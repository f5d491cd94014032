/** IP addresses and prefixes: one reading, the only arithmetic. Not for choosing addresses: that is `@vethra/ipam`. */
export * from './address.ts'
export * from './prefix.ts'
export { commonRange, formatRange, outsideOf, type Range, readRange } from './range.ts'
