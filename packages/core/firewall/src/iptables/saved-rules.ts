/** A saved rule set of one address family. */
export interface SavedRules {
  readonly family: 4 | 6
  /** As iptables-save(8) prints it. */
  readonly text: string
}
