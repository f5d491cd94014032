/**
 * An `IpamStore` in a Map: for tests, dry runs and programs that keep no network beyond their own
 * life. Not for anything that two processes share.
 */
export { type MemoryIpamStoreOptions, memoryIpamStore } from './memory-ipam-store.ts'
