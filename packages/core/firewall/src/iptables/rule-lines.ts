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

/** The word behind an option of a rule that no option comes twice in; undefined without it. */
export function option(words: string, name: string): string | undefined {
  const at = words.indexOf(` ${name} `)
  if (at === -1) return undefined
  const start = at + name.length + 2
  const end = words.indexOf(' ', start)
  return end === -1 ? words.slice(start) : words.slice(start, end)
}
