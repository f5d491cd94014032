/** HostsStore on disk, in nerdctl's layout, changed in place while containers read. Not for their content: that is `@vethra/names`. */
export type { OnFault } from './change-names.ts'
export { type DiskHostsStoreOptions, diskHostsStore } from './disk-hosts-store.ts'
export { storedName } from './read-names.ts'
