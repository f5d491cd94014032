/**
 * The conformance suite of `HostsStore`: what stands in whose file after containers came and went.
 * Not for what only one implementation promises, such as inodes and modes.
 */
export { describeHostsStore } from './describe-hosts-store.ts'
export type { HostsStoreSubject, OpenHostsStore } from './subject.ts'
