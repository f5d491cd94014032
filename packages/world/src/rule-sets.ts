import type { SavedRules } from '@vethra/firewall'

/** The packet filter of the current network namespace, as text in iptables' language. */
export interface RuleSets {
  /** The rules of the families, IPv4 first; none without its program or the kernel's support. Throws CniError 5 when they cannot be read. */
  save(families?: readonly (4 | 6)[]): Promise<readonly SavedRules[]>
  /** Applies lines of iptables-save without a flush, each table whole or not at all. Throws CniError 5 with its words, 100 when missing. */
  restore(family: 4 | 6, text: string): Promise<void>
  /** Where Go plugins masquerade by nftables; absent for a packet filter of iptables alone. */
  readonly masquerading?: MasqueradeTable
}

/** The table of nftables in which Go plugins masquerade with `"ipMasqBackend": "nftables"`. */
export interface MasqueradeTable {
  /** As `nft -j list table` prints it; empty where there is none, or no nft. */
  list(): Promise<string>
  /** Applies text in the language of nft(8), as a whole or not at all. Throws CniError 5 with what nft said, 100 when it is missing. */
  change(text: string): Promise<void>
}
