import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { CniError } from '@vethra/cni'
import { forwardTables, passRule, passRuleArguments } from '@vethra/firewall'
import {
  askChain,
  decodeChain,
  dumpRules,
  encodeNftBatch,
  explainErrno,
  handleOfRule,
  type NftTable,
} from '@vethra/netlink'
import type { Session } from './session.ts'

/** The chain FORWARD of another firewall with a policy of drop, where the rule that accepts our mark is missing. */
export interface Passage {
  /** `ip filter FORWARD`. */
  readonly name: string
  /** Puts the rule first. Throws CniError 5 when it is refused. */
  put(): void
}

const chain = 'FORWARD'

/** The chains that drop what our table lets pass: those of iptables-nft and of iptables-legacy. */
export function missingPassages(session: Session): readonly Passage[] {
  return [
    ...forwardTables.filter((table) => lacksRule(session, table)).map(nftPassage(session)),
    ...legacyPrograms().filter(lacksLegacyRule).map(legacyPassage),
  ]
}

/** Removes the rule wherever it is: there is nothing left to be passed. */
export function removePassages(session: Session): void {
  for (const table of forwardTables) {
    const ops = handlesOf(session, table).map(
      (handle) => ({ ...table, kind: 'delete rule', chain, handle }) as const,
    )
    if (ops.length > 0) session.netfilter(encodeNftBatch(ops))
  }
  for (const program of legacyPrograms()) {
    if (rulesOf(program).includes(ruleText)) run(program, '-D', chain, ...passRuleArguments)
  }
}

function lacksRule(session: Session, table: NftTable): boolean {
  const [message] = session.netfilter([askChain(table, chain)]).messages
  const drops = message !== undefined && decodeChain(message).base?.policy === 'drop'
  return drops && handlesOf(session, table).length === 0
}

function handlesOf(session: Session, table: NftTable): readonly bigint[] {
  const { messages } = session.netfilter([dumpRules(table, chain)])
  return messages.flatMap((each) => handleOfRule(each, passRule) ?? [])
}

function nftPassage(session: Session): (table: NftTable) => Passage {
  return (table) => {
    const name = `${table.family} ${table.table} ${chain}`
    return {
      name,
      put: () => {
        const rule = { ...table, kind: 'insert rule', chain, expressions: passRule } as const
        const [refusal] = session.netfilter(encodeNftBatch([rule])).refusals
        if (refusal) throw notPut(name, explainErrno(refusal.errno))
      },
    }
  }
}

// The tables of iptables-legacy are out of netlink's reach. The kernel names those that exist: no program is
// started on a host that has none.
function legacyPrograms(): readonly string[] {
  return ['ip', 'ip6'].flatMap((prefix) =>
    readNames(`/proc/net/${prefix}_tables_names`).includes('filter')
      ? [`${prefix}tables-legacy`]
      : [],
  )
}

function readNames(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw new CniError({ code: 5, message: `cannot read ${file}`, cause: error })
  }
}

const ruleText = `-A ${chain} ${passRuleArguments.join(' ')}`

function lacksLegacyRule(program: string): boolean {
  const rules = rulesOf(program)
  return rules.includes(`-P ${chain} DROP`) && !rules.includes(ruleText)
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

const patienceMs = 20_000

function run(program: string, ...args: readonly string[]): string {
  const ran = spawnSync(program, ['-w', '10', ...args], { encoding: 'utf8', timeout: patienceMs })
  if (ran.status === 0) return ran.stdout
  const said = ran.stderr?.trim() || ran.error?.message || `it ended with ${ran.status}`
  throw notPut(`${program} filter ${chain}`, said)
}

function notPut(name: string, reason: string): CniError {
  return new CniError({
    code: 5,
    message: `cannot have ${name} accept the mark of table inet vethra: ${reason}`,
    hint: `Give ${name} the policy ACCEPT, or this rule: iptables -I ${chain} ${passRuleArguments.join(' ')}`,
  })
}
