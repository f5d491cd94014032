/**
 * Reservations in host-local's folder layout, so that its Go original and Vethra can look after the
 * same addresses. Not for choosing addresses: that is `@vethra/ipam`.
 */
export { diskIpamStore } from './disk-ipam-store.ts'
export type { DiskIpamStoreOptions } from './session.ts'
