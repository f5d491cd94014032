/**
 * The conformance suites of what a host is asked for: `AttachmentKernel`, `Events`, `IpamStore`,
 * `Lock`, `PluginRunner` and `RootlessKit`. They know the interfaces alone: processes, time and folders are handed in by the test file that calls them.
 */
export { describeEvents, type EventsSubject, type OpenEvents } from './events/describe-events.ts'
export { describeIpamStore } from './ipam-store/describe-ipam-store.ts'
export type { IpamStoreSubject, OpenIpamStore } from './ipam-store/subject.ts'
export { describeKernel } from './kernel/describe-kernel.ts'
export type { KernelSubject, OpenKernel } from './kernel/subject.ts'
export { describeLock } from './lock/describe-lock.ts'
export * from './lock/holders-elsewhere.ts'
export type { Holder, LockSubject, OpenLock } from './lock/subject.ts'
export { describePluginRunner } from './plugin-runner/describe-plugin-runner.ts'
export type { OpenRunner, RunnerLimits, RunnerSubject } from './plugin-runner/subject.ts'
export * from './rootless-kit/describe-rootless-kit.ts'
