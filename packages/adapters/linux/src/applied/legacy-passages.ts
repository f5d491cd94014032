import { type CniError, ioError } from '@vethra/cni'
import { passRuleArguments } from '@vethra/firewall'
import { legacyTables } from '../legacy-tables.ts'
import { runNow } from './run-now.ts'

/** The chain FORWARD of another firewall with a policy of drop, where the rule that accepts our mark is missing. */
export interface Passage {
  /** `ip filter FORWARD`. */
  readonly name: string
  /** Puts the rule first. Throws CniError 5 when it is refused. */
  put(): void
}

const chain = 'FORWARD'

/** The chains of iptables-legacy that drop what our table lets pass. */
export function missingLegacyPassages(): readonly Passage[] {
  return legacyPrograms().filter(lacksLegacyRule).map(legacyPassage)
}

/** Removes the rule from the chains of iptables-legacy, as often as it is there: two commands at once make it twice. */
export function removeLegacyPassages(): void {
  for (const program of legacyPrograms()) {
    for (const rule of rulesOf(program))
      if (rule === ruleText) run(program, '-D', chain, ...passRuleArguments)
  }
}

// The tables of iptables-legacy are out of netlink's reach. The kernel names those that exist: no program is
// started on a host that has none.
function legacyPrograms(): readonly string[] {
  return (['ip', 'ip6'] as const).flatMap((family) =>
    legacyTables(family).includes('filter') ? [`${family}tables-legacy`] : [],
  )
}

const ruleText = `-A ${chain} ${passRuleArguments.join(' ')}`

/** A rule without any condition: a policy in all but name. */
const dropsAll = new RegExp(`^-A ${chain} -j (DROP|REJECT)\\b`)

function lacksLegacyRule(program: string): boolean {
  const rules = rulesOf(program)
  const drops = rules.includes(`-P ${chain} DROP`) || rules.some((rule) => dropsAll.test(rule))
  return drops && !rules.includes(ruleText)
}

function legacyPassage(program: string): Passage {
  return {
    name: `${program} filter ${chain}`,
    put: () => void run(program, '-I', chain, '1', ...passRuleArguments),
  }
}

function rulesOf(program: string): readonly string[] {
  return run(program, '-S', chain).split('\n')
}

function run(program: string, ...args: readonly string[]): string {
  const { said, fault } = runNow(program, ['-w', '10', ...args])
  if (fault === undefined) return said
  throw notPut(`${program} filter ${chain}`, fault)
}

/** The CniError 5 of a rule that another firewall would not have. */
export function notPut(name: string, reason: string): CniError {
  return ioError(
    `cannot add a rule to ${name} that accepts the mark of table inet vethra: ${reason}`,
    `Give ${name} the policy ACCEPT, or this rule: iptables -I ${chain} ${passRuleArguments.join(' ')}`,
  )
}
