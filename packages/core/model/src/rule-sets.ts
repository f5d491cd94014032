/** A saved rule set of one address family. */
export interface SavedRules {
  readonly family: 4 | 6
  /** As iptables-save(8) prints it. */
  readonly text: string
}

/** The host's packet filter, as text in iptables' language. */
export interface RuleSets {
  /** The rule sets that the host has; none where the tools or the kernel's tables are missing. */
  save(): Promise<readonly SavedRules[]>
  /** Applies a text of `iptables-restore --noflush` in one transaction. Throws CniError 5. */
  restore(family: 4 | 6, text: string): Promise<void>
}
