/** The kernel of this host: links, addresses, routes, settings and nftables, observed and changed. It decides nothing. */
export { netlinkKernel } from './kernel-in-bun.ts'
