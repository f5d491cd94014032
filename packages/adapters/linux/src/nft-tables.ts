import { runProgram } from '@vethra/plugin-exec/programs'

/** The tables of nftables, as `inet site`, with a chain that packets pass; empty without nft. */
export async function tablesOnTheWay(): Promise<readonly string[]> {
  const outcome = await runProgram('nft', ['-j', 'list', 'chains'])
  if (outcome?.status !== 0) return []
  const { nftables = [] }: Listing = JSON.parse(outcome.stdout)
  const names = nftables.flatMap(({ chain }) =>
    chain && hooks.includes(chain.hook ?? '') ? [`${chain.family} ${chain.table}`] : [],
  )
  return [...new Set(names)]
}

const hooks = ['ingress', 'prerouting', 'input', 'forward', 'output', 'postrouting', 'egress']

interface Listing {
  readonly nftables?: readonly {
    readonly chain?: { readonly family: string; readonly table: string; readonly hook?: string }
  }[]
}
