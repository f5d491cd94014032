/**
 * An `IpamStore` in a Map, `Events` in an array, `DnsSockets` that lead to each other, an `AttachmentKernel` and a `RootlessKit`
 * that behave as real ones do. For tests, dry runs and programs that keep no network beyond their own life; not for anything that
 * two processes share.
 */
export { type MemoryDnsOptions, memoryDnsSockets } from './memory-dns-sockets.ts'
export { type MemoryEventsOptions, memoryEvents } from './memory-events.ts'
export { type MemoryIpamStoreOptions, memoryIpamStore } from './memory-ipam-store.ts'
export { type MemoryKernel, type MemoryKernelOptions, memoryKernel } from './memory-kernel.ts'
export { type MemoryRootlessKitOptions, memoryRootlessKit } from './memory-rootless-kit.ts'
