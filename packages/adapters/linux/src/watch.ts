/** Changes of the kernel's tables as they are heard over netlink, for programs that bun runs: an entry of its own, which Node cannot load. */
export { watchKernel } from './netlink/watch-kernel.ts'
