import { runProgram } from '@vethra/plugin-exec/programs'

/** A chain of nftables that the kernel itself calls. */
export interface BaseChain {
  readonly family: string
  readonly table: string
  readonly name: string
  readonly policy?: string
  /** Its priority. */
  readonly prio: number
}

/** The chains on the hook for forwarding; empty without nft. */
export async function chainsOnForward(): Promise<readonly BaseChain[]> {
  const outcome = await runProgram('nft', ['-j', 'list', 'chains'])
  if (outcome?.status !== 0) return []
  const { nftables = [] }: Listing = JSON.parse(outcome.stdout)
  return nftables.flatMap(({ chain }) => (chain?.hook === 'forward' ? [chain] : []))
}

interface Listing {
  readonly nftables?: readonly { readonly chain?: BaseChain & { readonly hook?: string } }[]
}
