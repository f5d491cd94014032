import { hostportTable } from '@vethra/firewall'
import { runProgram } from '@vethra/plugin-exec/programs'

/** The tables of the reference plugin portmap with its nftables backend, as `nft -j` prints them, IPv4's first; those that are there. */
export async function hostportTables(): Promise<readonly string[]> {
  const read = ['ip', 'ip6'].map(async (family) => {
    const ran = await runProgram('nft', ['-j', 'list', 'table', family, hostportTable])
    return ran?.status === 0 ? [ran.stdout] : []
  })
  return (await Promise.all(read)).flat()
}
