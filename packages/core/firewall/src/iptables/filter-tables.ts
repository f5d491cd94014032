import { present } from '@vethra/cni'
import type {
  FilterChain,
  FilterProgram,
  FilterRule,
  FilterTable,
  FilterTest,
} from '../filter-table.ts'
import { passMark } from '../pass-mark.ts'
import { chainOf, parseRules, type RuleTable } from './rules.ts'

/** The tables in a saved rule set with a rule of others that drops, or a policy; rules of CNI plugins are left out. */
export function filterTables(
  program: FilterProgram,
  saved: string | readonly RuleTable[],
): readonly FilterTable[] {
  const tables = typeof saved === 'string' ? parseRules(saved) : saved
  return tables
    .filter(({ name }) => name in priorities)
    .map((table) => ({
      ...table,
      rules: table.rules.filter((each) => !each.startsWith('-A CNI-')),
    }))
    .filter(
      ({ name, dropping, rules }) =>
        dropping.length > 0 ||
        rules.some((each) => hindering.test(each) || (name === 'nat' && keeping.test(each))),
    )
    .map(({ name, dropping, rules }) => ({
      ...{ program, name, family: program.startsWith('ip6') ? (6 as const) : (4 as const) },
      chains: chainsIn(name, dropping, rules),
    }))
}

const priorities: Readonly<Record<string, number>> = {
  // That of ours for ports may come behind the one of iptables: who is first has the port.
  ...{ raw: -300, mangle: -150, nat: -101, filter: 0, security: 50 },
}

const hindering =
  / -j (DROP|REJECT|NOTRACK|CT --notrack|CT --zone|NFQUEUE|QUEUE|[DS]NAT|REDIRECT|TPROXY)( |$)/

/** A rule of table nat behind which no rule changes a source. */
const keeping = /^-A POSTROUTING .*-j (ACCEPT|RETURN)$/

const hooks = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING']

function chainsIn(
  table: string,
  dropping: readonly string[],
  rules: readonly string[],
): FilterTable['chains'] {
  const byChain = Map.groupBy(rules, chainOf)
  const names = new Set([...byChain.keys(), ...dropping])
  const priority = priorities[table] ?? 0
  return new Map(
    [...names].map((name): [string, FilterChain] => {
      const hook = hooks.includes(name) ? name.toLowerCase() : undefined
      const on = { ...present({ hook }), priority, devices: [] }
      const own = (byChain.get(name) ?? []).map((each): FilterRule => {
        const rule = readRule(each)
        return table === 'nat' && keeping.test(each) ? { ...rule, does: 'disguise' } : rule
      })
      return [name, { ...on, drops: dropping.includes(name), rules: own }]
    }),
  )
}

const verdicts: Readonly<Record<string, FilterRule['does']>> = {
  ...{ DROP: 'drop', REJECT: 'drop', ACCEPT: 'accept', RETURN: 'return' },
  ...{ QUEUE: 'queue', NFQUEUE: 'queue', NOTRACK: 'untrack' },
  ...{
    DNAT: 'divert',
    REDIRECT: 'divert',
    TPROXY: 'divert',
    SNAT: 'disguise',
    MASQUERADE: 'accept',
  },
}

// What goes on by itself. A chain of plugins accepts what is theirs; what isolates networks drops nothing of one alone.
const passing = /^(LOG|NFLOG|MARK|CONNMARK|TCPMSS|CT|TRACE|TOS|DSCP|CNI-ISOLATION.*)?$/

function readRule(line: string): FilterRule {
  const words = line.match(/"(?:[^"\\]|\\.)*"|\S+/g)?.slice(2) ?? []
  const tests: FilterTest[] = []
  let target = ''
  let does: FilterRule['does'] = 'next'
  for (let at = 0; at < words.length; at += 1) {
    const not = words[at] === '!'
    if (not) at += 1
    const [option = '', given = ''] = words.slice(at)
    if (option === '-j' || option === '-g') {
      target = given
      const leads = option === '-g' ? 'goto' : 'jump'
      const verdict = ofTarget(words.slice(at + 1)) ?? verdicts[given]
      does = verdict ?? (passing.test(given) ? 'next' : leads)
      // All behind it is of the target.
      break
    }
    if (option !== '-m' && option !== '--comment') tests.push(testOf(option, given, not))
    at += 1
  }
  return {
    line,
    tests,
    does,
    to: does === 'jump' || does === 'goto' ? target : valueIn(line, does),
  }
}

// What options of a target make of it.
function ofTarget([target = '', option = '', given = '', ...more]: readonly string[]) {
  if (target === 'CT' && option === '--notrack') return 'untrack'
  if (target === 'CT' && option === '--zone' && /^\d+$/.test(given)) return 'zone'
  return more.includes('--queue-bypass') ||
    (target === 'NFQUEUE' && !/^--queue-(num|balance)$/.test(option))
    ? 'other'
    : undefined
}

function valueIn(line: string, does: FilterRule['does']): string {
  if (does !== 'queue') return / -j SNAT --to-source (\S+)/.exec(line)?.[1] ?? ''
  return / --queue-(?:num|balance) (\S+)/.exec(line)?.[1]?.replace(':', '-') ?? '0'
}

const fields: Readonly<Record<string, FilterTest['field']>> = {
  ...{ '-i': 'iifname', '-o': 'oifname', '-s': 'saddr', '-d': 'daddr', '-p': 'protocol' },
  ...{ '--dport': 'dport', '--dports': 'dport', '--ctstate': 'state', '--state': 'state' },
  ...{ '--mark': 'mark', '--mac-source': 'smac' },
}

const pass = `0x${passMark.toString(16)}/0x${passMark.toString(16)}`

function testOf(option: string, given: string, not: boolean): FilterTest {
  const field = fields[option] ?? 'unknown'
  if (field === 'mark') return { field: given === pass ? field : 'unknown', values: ['pass'], not }
  const lower = given.toLowerCase()
  const values = (field === 'dport' ? lower.replaceAll(':', '-') : lower).split(',')
  const isName = field === 'iifname' || field === 'oifname'
  return { field, values: isName ? [given.replace(/\+$/, '*')] : values, not }
}
