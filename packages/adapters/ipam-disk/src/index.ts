/** Reservations in host-local's folder layout, shared with its Go original. Not for choosing addresses: that is `@vethra/ipam`. */
export { diskIpamStore } from './disk-ipam-store.ts'
export type { DiskIpamStoreOptions } from './session.ts'
