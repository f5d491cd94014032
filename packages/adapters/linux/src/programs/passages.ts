import { forwardTables, passRuleText } from '@vethra/firewall'
import type { NftTable } from '@vethra/netlink'
import type { Admit } from '@vethra/state'
import { forAll, hasAdminJump, passesAdminChain, putAdminJumps } from '../applied/admin-chains.ts'
import { firewalldTable, missingSources } from '../applied/firewalld.ts'
import { missingLegacyPassages, notPut, removeLegacyPassages } from '../applied/legacy-passages.ts'
import { run } from '../run.ts'

/** Whether each chain FORWARD of iptables that drops packets accepts those that bear our mark, and firewalld knows the subnets. */
export async function passes(records: string, admits: readonly Admit[]): Promise<boolean> {
  const looked = await Promise.all(forwardTables.map(lookAt))
  const zoned = (await hasFirewalld()) ? missingSources(records, admits) : []
  const isOpen = missingLegacyPassages().length === 0 && zoned.length === 0
  const isPassed = isOpen && !looked.some(lacksRule) && passesAdminChain()
  return isPassed && admits.every((each) => hasAdminJump(records, each))
}

async function hasFirewalld(): Promise<boolean> {
  const { family, table } = firewalldTable
  return (await run('nft', ['list', 'chain', family, table, 'filter_FORWARD'])).status === 0
}

/** Puts the rule into each such chain that has it not, and the subnets into a zone. Throws CniError 5 when it is refused. */
export async function putPassages(records: string, admits: readonly Admit[]): Promise<void> {
  for (const chain of (await Promise.all(forwardTables.map(lookAt))).filter(lacksRule)) {
    const outcome = await run('nft', ['insert', 'rule', ...chain.words, passRuleText])
    if (outcome.status !== 0) throw notPut(chain.words.join(' '), outcome.stderr.trim())
  }
  const zoned = (await hasFirewalld()) ? missingSources(records, admits) : []
  for (const passage of [...missingLegacyPassages(), ...zoned]) passage.put()
  putAdminJumps(records, admits)
  if (!passesAdminChain()) putAdminJumps(records, [forAll])
}

/** Removes the rule from each chain that has it. */
export async function removePassages(): Promise<void> {
  for (const { words, handles } of await Promise.all(forwardTables.map(lookAt))) {
    for (const handle of handles)
      await run('nft', ['delete', 'rule', ...words, 'handle', String(handle)])
  }
  removeLegacyPassages()
}

interface SeenChain {
  readonly words: readonly string[]
  readonly drops: boolean
  /** Those of our rule. */
  readonly handles: readonly number[]
}

function lacksRule({ drops, handles }: SeenChain): boolean {
  return drops && handles.length === 0
}

interface Listing {
  readonly nftables: readonly {
    readonly chain?: { readonly policy?: string }
    readonly rule?: { readonly handle: number; readonly expr: readonly object[] }
  }[]
}

async function lookAt({ family, table }: NftTable): Promise<SeenChain> {
  const words = [family, table, 'FORWARD']
  const { status, stdout } = await run('nft', ['-j', 'list', 'chain', ...words])
  if (status !== 0) return { words, drops: false, handles: [] }
  const { nftables }: Listing = JSON.parse(stdout)
  const rules = nftables.flatMap(({ rule }) => (rule && isOurs(rule.expr) ? [rule.handle] : []))
  const drops = nftables.some(
    ({ chain, rule }) => chain?.policy === 'drop' || (rule && dropsAll(rule.expr)),
  )
  return { words, drops, handles: rules }
}

// A rule without any condition: a policy in all but name.
function dropsAll(expressions: readonly object[]): boolean {
  const [only, ...more] = expressions.filter((each) => !('counter' in each))
  if (only === undefined || more.length > 0) return false
  const { xt } = only as { xt?: { type?: string; name?: string } }
  return 'drop' in only || 'reject' in only || (xt?.type === 'target' && xt.name === 'REJECT')
}

// A comparison of the mark, a counter and the verdict, and nothing else.
function isOurs(expressions: readonly object[]): boolean {
  const others = expressions.filter((each) => !('counter' in each))
  const text = JSON.stringify(others)
  return text === JSON.stringify([passMatch, { accept: null }])
}

const mark = 0x01000000
const passMatch = {
  match: { op: '==', left: { '&': [{ meta: { key: 'mark' } }, mark] }, right: mark },
}
