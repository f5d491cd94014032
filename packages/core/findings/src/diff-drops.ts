import { readAddress } from '@vethra/address'
import { familyOf } from '@vethra/cni'
import {
  type DroppingRule,
  droppedBy,
  type FilterTable,
  type Hindrance,
  hasHindrance,
  policyLine,
  withUnreadQueues,
} from '@vethra/firewall'
import type { Compared } from './compared.ts'
import type { DesiredAttachment } from './desired-state.ts'
import { about, type Finding, finding } from './finding.ts'
import { forwardingRefused } from './forwarding-refused.ts'
import { packetsOf, type Sent, stagesOf } from './sent-packets.ts'
import { nftWord, shellWord, shellWords } from './shell-word.ts'

/**
 * Rules and policies of others that drop what containers of bridges send or get. Rules that hide it from connection tracking, where
 * an end of it is to be changed, and those that lead published ports elsewhere.
 */
export function dropFindings({
  desired,
  observed: { host, firewall, links },
}: Compared): readonly Finding[] {
  const { tables: listed = [], queues } = host
  const tables = [...listed, ...firewall.flatMap((each) => each.tables ?? [])]
    .map((each) => (queues ? withUnreadQueues(each, queues) : each))
    .filter(hasHindrance)
  if (tables.length === 0) return []
  const byKind = new Map(desired.attachments.map((each) => [kindOf(each), each]))
  // Where no rule asks for one container all of a network are alike.
  const isByContainer = tables.some(testsContainer)
  const bridged = (isByContainer ? desired.attachments : [...byKind.values()]).flatMap(packetsOf)
  const own = new Set(links.flatMap(({ addresses }) => addresses.map(addressOf)))
  return tables.flatMap((table) => {
    const dropped = bridged.flatMap((sent) =>
      stagesOf(table, sent).flatMap(([chain, packet]) => {
        const by = droppedBy(table, chain, packet)
        return by && !isUsable(by.rule, own, sent) ? [{ ...by, ...sent }] : []
      }),
    )
    const byPolicy = dropped.filter(({ isSure }) => isSure !== undefined)
    const byRule = dropped.filter(({ isSure }) => isSure === undefined)
    return [
      ...[...Map.groupBy(byPolicy, ({ chain }) => chain)].map(([chain, all]) =>
        forwardingRefused(table, chain, all),
      ),
      ...[...Map.groupBy(byRule, ({ chain, rule }) => `${chain} ${rule.does}`).values()].flatMap(
        (all) => refused(table, all),
      ),
    ]
  })
}

// Answers to an address of the host arrive; of a range or a map nobody can tell. Our table changes what iptables leaves.
function isUsable(
  { does, to }: DroppingRule['rule'],
  own: ReadonlySet<string>,
  { marks }: Sent,
): boolean {
  if (does !== 'disguise') return false
  return to === '' ? marks : own.has(to) || readAddress(to) === undefined
}

function addressOf(prefix: string): string {
  return prefix.replace(/\/.*/, '')
}

function kindOf(each: DesiredAttachment): string {
  const families = each.addresses.map(({ address }) => familyOf(address))
  const { network, bridge, ports, inTable, admitted, masqueraded } = each
  return JSON.stringify([network, bridge?.name, families, ports, inTable, admitted, masqueraded])
}

function testsContainer({ name, chains }: FilterTable): boolean {
  const fields = /^(bridge|netdev) /.test(name) ? [...ofContainer, ...ofPort] : ofContainer
  return [...chains.values()].some(
    ({ devices, rules }) =>
      (name.startsWith('netdev ') && devices.length > 0) ||
      rules.some(({ tests }) => tests.some(({ field }) => fields.includes(field))),
  )
}

const ofContainer: readonly string[] = ['saddr', 'daddr', 'smac', 'dmac']
const ofPort: readonly string[] = ['iifname', 'oifname']

const deeds: Readonly<Record<Hindrance, string>> = {
  drop: 'drop',
  untrack: 'hide from connection tracking',
  zone: 'track in a zone of their own',
  unread: 'send to a queue that no program reads',
  divert: 'may lead elsewhere',
  disguise: 'may give a source that gets no answers to',
}

function refused(table: FilterTable, all: readonly (DroppingRule & Sent)[]): readonly Finding[] {
  const { program, name } = table
  const list = (texts: readonly string[], by = ', ') => [...new Set(texts)].join(by)
  return all.slice(0, 1).map(({ chain, rule: { does } }) => {
    const of = `chain ${chain} of table ${name} (${program})`
    const kind = does === 'divert' ? 'ports-led-elsewhere' : 'rules-refusing'
    return finding(kind, about('host', of), {
      severity: does === 'divert' || does === 'disguise' ? 'warning' : 'error',
      message: `rules of others in ${of} ${deeds[does]} packets of network ${list(all.map(({ network }) => network))}: ${list(all.map(({ what }) => what))}`,
      evidence: [...new Set(all.map(({ rule }) => `it has: ${rule.line}`))],
      fix: list(
        all.map((each) => remedyOf(table, each)),
        ' && ',
      ),
    })
  })
}

function remedyOf({ program, name }: FilterTable, by: DroppingRule & Sent): string {
  const { chain, rule } = by
  if (rule.line === policyLine) return openingOf({ program, name }, by)
  return program === 'nft'
    ? `nft delete rule ${name} ${chain} handle ${rule.handle}`
    : `${program} -t ${name} -D ${shellWords(rule.line.slice(3))}`
}

// A policy for all of the host is its owner's: the rule lets by what is of the network alone.
function openingOf(
  { program, name }: Pick<FilterTable, 'program' | 'name'>,
  { chain, way, packet: { bridge } }: DroppingRule & Sent,
): string {
  const isNft = program === 'nft'
  const of = `${name} ${chain}`
  if (name.startsWith('bridge ') || !(way === 'to host' || way === 'from host'))
    return isNft
      ? `nft add chain ${of} '{ policy accept; }'`
      : `${program} -t ${name} -P ${chain} ACCEPT`
  const isIn = way === 'to host'
  if (isNft) {
    const on = nftWord(bridge)
    const rule = isIn ? `iifname ${on} ct state established,related` : `oifname ${on}`
    return `nft insert rule ${of} ${rule} accept`
  }
  const on = shellWord(bridge)
  const rule = isIn ? `-i ${on} -m conntrack --ctstate RELATED,ESTABLISHED` : `-o ${on}`
  return `${program} -t ${name} -I ${chain} ${rule} -j ACCEPT`
}
