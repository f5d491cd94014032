/** The kernel of this host by ip(8), tc(8) and nft(8), for programs that Node runs. Under bun: `@vethra/linux/netlink`. */
export { programKernel } from './programs/program-kernel.ts'
