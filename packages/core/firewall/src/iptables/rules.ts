/** One table of a saved rule set. */
export interface RuleTable {
  /** `nat`, `filter`, … */
  readonly name: string
  readonly chains: readonly string[]
  /** The chains whose policy is to drop. */
  readonly dropping: readonly string[]
  /** Lines such as `-A FORWARD -j CNI-FORWARD`, in order, as saved. */
  readonly rules: readonly string[]
}

/** Reads what iptables-save(8) prints; comments and counters are left out. */
export function parseRules(saved: string): readonly RuleTable[] {
  const tables: { name: string; chains: string[]; dropping: string[]; rules: string[] }[] = []
  for (const line of saved.split('\n')) {
    const table = tables.at(-1)
    if (line.startsWith('-A ')) table?.rules.push(line)
    else if (line.startsWith('*'))
      tables.push({ name: line.slice(1), chains: [], dropping: [], rules: [] })
    else if (line.startsWith(':') && table) {
      const [chain = '', policy] = line.slice(1).split(' ')
      table.chains.push(chain)
      if (policy === 'DROP') table.dropping.push(chain)
    }
  }
  return tables
}

/** The chain of a rule. */
export function chainOf(rule: string): string {
  const start = rule.indexOf(' ') + 1
  const end = rule.indexOf(' ', start)
  return start === 0 ? '' : rule.slice(start, end === -1 ? undefined : end)
}

/** The chain or target that a rule ends in; empty when it has none. The text of a comment never counts. */
export function targetOf(rule: string): string {
  const words = unquoted(rule)
  return option(words, '-j') ?? option(words, '-g') ?? ''
}

/** The word behind an option of a rule, such as `--dport`; `undefined` without the option, and where it is negated. */
export function optionOf(rule: string, name: string): string | undefined {
  const words = unquoted(rule)
  return words.includes(` ! ${name} `) ? undefined : option(words, name)
}

/** The word behind an option of a rule without quoted texts that no option comes twice in; undefined without it. */
export function option(words: string, name: string): string | undefined {
  const at = words.indexOf(` ${name} `)
  if (at === -1) return undefined
  const start = at + name.length + 2
  const end = words.indexOf(' ', start)
  return end === -1 ? words.slice(start) : words.slice(start, end)
}

/** Whether the rule matches on the interface, coming in or going out. */
export function namesInterface(rule: string, name: string): boolean {
  const words = unquoted(rule).split(' ')
  return words.some((word, at) => word === name && ['-i', '-o'].includes(words[at - 1] ?? ''))
}

/** The text for `iptables-restore --noflush` that removes rules and chains of one table at once; empty for none. */
export function removal(
  table: RuleTable,
  rules: readonly string[],
  chains: readonly string[],
): string {
  if (rules.length === 0 && chains.length === 0) return ''
  return [
    `*${table.name}`,
    ...rules.filter((rule) => !chains.includes(chainOf(rule))).map((rule) => `-D ${rule.slice(3)}`),
    ...chains.map((chain) => `-F ${chain}`),
    ...chains.map((chain) => `-X ${chain}`),
    'COMMIT\n',
  ].join('\n')
}

/** A rule without quoted texts: those are comments, which hold what container ids and networks are called. */
export function unquoted(rule: string): string {
  return rule.includes('"') ? rule.replace(/"(?:[^"\\]|\\.)*"/g, '') : rule
}
