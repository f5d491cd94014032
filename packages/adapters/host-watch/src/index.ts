/**
 * Says that something on the host has changed: in folders, and by what a program such as `ip monitor`
 * prints. Not for what has changed: whoever is told looks for himself.
 */
export { type HostWatch, type HostWatchOptions, watchHost } from './watch-host.ts'
