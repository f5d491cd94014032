/**
 * The conformance suite of `IpamStore`: who holds what after addresses were reserved and given back,
 * by one writer and by many. Not for what only one implementation promises, such as files and locks.
 */
export { describeIpamStore } from './describe-ipam-store.ts'
export type { IpamStoreSubject, OpenIpamStore } from './subject.ts'
