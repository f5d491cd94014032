/** The kernel over netlink sockets, for programs that bun runs: an entry of its own, which Node cannot load. */
export { netlinkKernel } from './netlink/kernel-in-bun.ts'
