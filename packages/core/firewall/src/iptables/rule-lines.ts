import { chainOf, type RuleTable, targetOf, unquoted } from './rules.ts'

/** A rule of a saved rule set, taken apart. */
export interface Rule {
  readonly line: string
  /** The line without what a comment holds, which is no option. */
  readonly words: string
  readonly chain: string
  readonly target: string
}

/** The rules of the tables of a name, in order. */
export function rulesOf(tables: readonly RuleTable[], name: string): readonly Rule[] {
  return tables
    .filter((table) => table.name === name)
    .flatMap(({ rules }) =>
      rules.map((line) => {
        const words = unquoted(line)
        return { line, words, chain: chainOf(line), target: targetOf(words) }
      }),
    )
}

/** A saved rule set of one address family. */
export interface SavedRules {
  readonly family: 4 | 6
  /** As iptables-save(8) prints it. */
  readonly text: string
}
