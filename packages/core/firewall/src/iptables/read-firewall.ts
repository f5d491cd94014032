import { present } from '@vethra/cni'
import { attachmentChains } from './chain-names.ts'
import { filterTables } from './filter-tables.ts'
import { portsAmong } from './forwarded-ports.ts'
import type { Isolation, ObservedFirewall, OwnedRules, PublishedPort } from './observed-firewall.ts'
import { type Rule, rulesOf, type SavedRules } from './rule-lines.ts'
import { option, parseRules, type RuleTable } from './rules.ts'

/** The effects of a saved rule set on containers. */
export function readFirewall({ family, text }: SavedRules): ObservedFirewall {
  const tables = parseRules(text)
  const filter = rulesOf(tables, 'filter')
  const nat = rulesOf(tables, 'nat')
  return {
    family,
    tables: filterTables(family === 4 ? 'iptables' : 'ip6tables', tables),
    flushed: [
      ...(hasRules(filter) ? [] : ['filter' as const]),
      ...(hasRules(nat) ? [] : ['nat' as const]),
    ],
    ...ledByOthers(tables),
    publishes: publishes(nat),
    masqueradesMarked: masqueradesMarked(nat),
    dropping: dropping(filter),
    owned: ownedRules(nat, tables),
    admitted: admitted(filter),
    isolation: isolation(filter),
  }
}

/** The warnings in a saved rule set about tables that iptables cannot read: other programs wrote rules that it cannot express. */
export function unreadableTables({ family, text }: SavedRules): readonly string[] {
  const lines = text.match(/^.* is incompatible, use 'nft' tool.*$/gm) ?? []
  return lines.map((line) => `${line.replace(/^# /, '')} (IPv${family})`)
}

/** The attachment that rules name in their comments; undefined where their mark is not made of it. */
export function ownerOf({ mark, claim }: Pick<OwnedRules, 'claim' | 'mark'>): OwnedRules['claim'] {
  if (claim === undefined) return undefined
  return attachmentChains(claim.network, claim.containerId).includes(mark) ? claim : undefined
}

/** The marks of one container's rules in one network. */
export interface Marks {
  readonly masquerading: string
  readonly ports: string
}

/** The marks that the rules of a container in a network bear: of masquerading, then of published ports. */
export function marksOf(network: string, containerId: string): Marks {
  const [masquerading = '', ports = ''] = attachmentChains(network, containerId)
  return { masquerading, ports }
}

// Of a thousand containers' chains none is looked at.
function ledByOthers(tables: readonly RuleTable[]): Pick<ObservedFirewall, 'ledByOthers'> {
  const ports = tables
    .filter(({ name }) => name === 'nat')
    .flatMap(({ rules }) => portsAmong(rules.filter((rule) => !rule.startsWith('-A CNI-'))))
  return ports.length === 0 ? {} : { ledByOthers: ports }
}

// In the administrator's chain only what drops everything counts.
function dropping(filter: readonly Rule[]): readonly string[] {
  return filter.flatMap(({ chain, target, line }) => {
    const drops = target === 'DROP' || target === 'REJECT'
    const counts = chain === 'CNI-FORWARD' || (chain === 'CNI-ADMIN' && isForAll.test(line))
    return drops && counts ? [line] : []
  })
}

const isForAll = /^-A \S+ -j \S+( --reject-with \S+)?$/

function hasRules(table: readonly Rule[]): boolean {
  return table.some(({ chain }) => chain.startsWith('CNI-'))
}

function publishes(nat: readonly Rule[]): boolean {
  return ['PREROUTING', 'OUTPUT'].every((chain) =>
    nat.some((rule) => rule.chain === chain && rule.target === 'CNI-HOSTPORT-DNAT'),
  )
}

// portmap marks what it masquerades in one chain, and masquerades it in another.
function masqueradesMarked(nat: readonly Rule[]): boolean {
  const has = (chain: string, target: string) =>
    nat.some((rule) => rule.chain === chain && rule.target === target)
  return (
    !nat.some(({ target }) => target === 'CNI-HOSTPORT-SETMARK') ||
    (has('CNI-HOSTPORT-SETMARK', 'MARK') &&
      has('POSTROUTING', 'CNI-HOSTPORT-MASQ') &&
      has('CNI-HOSTPORT-MASQ', 'MASQUERADE'))
  )
}

// The plugins' shared chains look the same; their names are words.
const mark = /^CNI-(?:(?:DN|SN)-)?[0-9a-f]{21,24}$/

function ownedRules(
  nat: readonly Rule[],
  tables: readonly RuleTable[],
): ReadonlyMap<string, OwnedRules> {
  const chains = tables.flatMap((each) => (each.name === 'nat' ? each.chains : []))
  const marks = chains.filter((each) => mark.test(each))
  const inside = Map.groupBy(nat, ({ chain }) => chain)
  const jumps = Map.groupBy(nat, ({ target }) => target)
  return new Map(
    marks.map((each) => [each, owned(each, inside.get(each) ?? [], jumps.get(each) ?? [])]),
  )
}

function owned(chain: string, inside: readonly Rule[], jumps: readonly Rule[]): OwnedRules {
  const rules = [...jumps, ...inside]
  const masquerades = inside.some(({ target }) => target === 'MASQUERADE')
  const sources = jumps.filter(({ chain: from }) => masquerades && from === 'POSTROUTING')
  return {
    mark: chain,
    ...present({ claim: claimIn(rules) }),
    masqueraded: sources.flatMap(({ words }) => hostIn(option(words, '-s'))),
    published: publishedBy(inside, jumps),
    lines: rules.map(({ line }) => line),
  }
}

function publishedBy(inside: readonly Rule[], jumps: readonly Rule[]): readonly PublishedPort[] {
  const forwarding = inside.filter(({ target }) => target === 'DNAT')
  if (forwarding.length === 0) return []
  const reached = new Set(
    jumps.flatMap(({ words }) =>
      (option(words, '--dports') ?? '').split(',').map((port) => `${option(words, '-p')}/${port}`),
    ),
  )
  return forwarding.flatMap(({ words }) => {
    const [protocol, port] = [option(words, '-p') ?? '', option(words, '--dport') ?? '']
    if (!reached.has(`${protocol}/${port}`)) return []
    const [address] = hostIn(option(words, '-d'))
    const to = { hostPort: Number(port), target: option(words, '--to-destination') ?? '' }
    return [{ protocol, ...to, ...present({ address }) }]
  })
}

function claimIn(rules: readonly Rule[]): OwnedRules['claim'] {
  for (const { line } of rules) {
    const [, network = '', containerId = ''] =
      /name: \\"(.*?)\\" id: \\"([^"\\]+)\\"/.exec(line) ?? []
    if (containerId !== '') return { network, containerId }
  }
  return undefined
}

function admitted(filter: readonly Rule[]): ReadonlySet<string> {
  if (!filter.some(({ chain, target }) => chain === 'FORWARD' && target === 'CNI-FORWARD'))
    return new Set()
  const accepting = filter.filter(
    ({ chain, target }) => chain === 'CNI-FORWARD' && target === 'ACCEPT',
  )
  const towards = new Set(accepting.flatMap(({ words }) => hostIn(option(words, '-d'))))
  const from = accepting.flatMap(({ words }) => hostIn(option(words, '-s')))
  return new Set(from.filter((address) => towards.has(address)))
}

function hostIn(text: string | undefined): readonly string[] {
  const host = /^(.*)\/(?:32|128)$/.exec(text ?? '')?.[1]
  return host === undefined ? [] : [host]
}

const [firstStage, secondStage] = ['CNI-ISOLATION-STAGE-1', 'CNI-ISOLATION-STAGE-2']

// The bridges that rules isolate, from all others or from those of other networks on the same bridge.
function isolation(filter: readonly Rule[]): ReadonlyMap<string, Isolation> {
  const entered = filter.some(({ chain, target }) => chain === 'FORWARD' && target === firstStage)
  if (!entered) return new Map()
  const found = new Map<string, Isolation>()
  const leaving = new Set<string>()
  for (const { chain, target, words } of filter) {
    if (chain === secondStage && target === 'DROP') leaving.add(option(words, '-o') ?? '')
  }
  for (const { chain, target, words } of filter) {
    if (chain !== firstStage) continue
    const bridge = option(words, '-i') ?? ''
    if (bridge === '' || option(words, '-o') !== bridge) continue
    if (target === 'DROP') found.set(bridge, 'isolated')
    else if (target === secondStage && leaving.has(bridge) && !found.has(bridge)) {
      found.set(bridge, 'same-bridge')
    }
  }
  return found
}
