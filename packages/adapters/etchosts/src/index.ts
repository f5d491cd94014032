/**
 * HostsStore on disk, in nerdctl's layout: the hosts files of one namespace's containers, kept right in place
 * while the containers read them. Not for their content: that is `@vethra/names`.
 */
export type { OnFault } from './change-names.ts'
export { type DiskHostsStoreOptions, diskHostsStore } from './disk-hosts-store.ts'
export { storedName } from './stored-name.ts'
