/**
 * Says that something on the host has changed: in folders, and by what a program such as `ip
 * monitor` prints. It does not report the change itself: callers look for themselves.
 */

export type { HostWatchOptions } from './options.ts'
export { watchHost } from './watch-host.ts'
