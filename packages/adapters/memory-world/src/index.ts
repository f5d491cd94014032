/**
 * An `IpamStore` in a Map, and a kernel that behaves: for tests, dry runs and programs that keep no
 * network beyond their own life. Not for anything that two processes share.
 */
export { type MemoryIpamStoreOptions, memoryIpamStore } from './memory-ipam-store.ts'
export { type Faults, type MemoryKernel, memoryKernel } from './memory-kernel.ts'
