/**
 * Reservations in host-local's folder layout, so that its Go original and Vethra can look after the
 * same addresses. Not for choosing addresses: that is `@vethra/ipam`.
 */
export { type DiskIpamStoreOptions, diskIpamStore } from './disk-ipam-store.ts'
