/** Stores in Maps, an `AttachmentKernel` and a `RootlessKit` that behave. For tests and dry runs. */
export { type MemoryEventsOptions, memoryEvents } from './memory-events.ts'
export { type MemoryIpamStoreOptions, memoryIpamStore } from './memory-ipam-store.ts'
export { type MemoryKernel, type MemoryKernelOptions, memoryKernel } from './memory-kernel.ts'
export { type MemoryRootlessKitOptions, memoryRootlessKit } from './memory-rootless-kit.ts'
