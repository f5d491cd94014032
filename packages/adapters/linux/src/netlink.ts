/** The kernel over netlink sockets, for programs that bun runs: an entry of its own, which Node cannot load. */

export { leaseResolvers } from './lease-resolvers-in-bun.ts'
export { hasIptablesChain } from './netlink/iptables-chains.ts'
export { netlinkKernel } from './netlink/kernel-in-bun.ts'
