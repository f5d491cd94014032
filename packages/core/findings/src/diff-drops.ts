import { familyOf } from '@vethra/cni'
import { chainsAt, droppedBy, type FilterTable, hasDrops, type KnownPacket } from '@vethra/firewall'
import type { Compared } from './compared.ts'
import type { DesiredAttachment } from './desired-state.ts'
import { about, type Finding, finding } from './finding.ts'
import { shellWords } from './shell-word.ts'

/** Rules of others that surely drop what containers of bridges send, their answers, or what comes by a published port, whatever policies are. */
export function dropFindings({
  desired,
  observed: { host, firewall },
}: Compared): readonly Finding[] {
  const tables = [...(host.tables ?? []), ...firewall.flatMap((each) => each.tables ?? [])].filter(
    hasDrops,
  )
  if (tables.length === 0) return []
  const byKind = new Map(desired.attachments.map((each) => [kindOf(each), each]))
  // Where no rule asks for an address all containers of a network are alike.
  const isByAddress = tables.some(testsAddresses)
  const bridged = (isByAddress ? desired.attachments : [...byKind.values()]).flatMap(packetsOf)
  return tables.flatMap((table) => {
    const dropped = bridged.flatMap((sent) =>
      stagesOf(table, sent).flatMap(([chain, packet]) => {
        const by = droppedBy(table, chain, packet)
        return by ? [{ ...by, network: sent.network, what: sent.what }] : []
      }),
    )
    const byChain = Map.groupBy(dropped, ({ chain }) => chain)
    return [...byChain].map(([chain, all]) => refused(table, chain, all))
  })
}

function kindOf({
  network,
  bridge,
  addresses,
  ports,
  inTable,
  admitted,
}: DesiredAttachment): string {
  const families = addresses.map(({ address }) => familyOf(address))
  const published = ports.map(({ protocol, hostIp, hostPort }) => [protocol, hostIp, hostPort])
  return [network, bridge?.name, families, published, inTable, admitted].join(' ')
}

function testsAddresses({ chains }: FilterTable): boolean {
  return [...chains.values()].some(({ rules }) =>
    rules.some(({ tests }) => tests.some(({ field }) => field === 'saddr' || field === 'daddr')),
  )
}

/** A packet that a container sends or gets, forwarded. */
interface Sent {
  readonly network: string
  readonly what: string
  readonly isOut: boolean
  /** Whether our table marks it. */
  readonly marks: boolean
  /** The port of the host that it was sent to: before that is changed it is all that is known. */
  readonly hostPort?: string
  readonly packet: KnownPacket
}

function packetsOf(attachment: DesiredAttachment): readonly Sent[] {
  const { network, bridge, addresses, ports, inTable, admitted } = attachment
  if (!bridge?.routed) return []
  const on = { network, marks: inTable.includes('admission') }
  return addresses.flatMap(({ address }): readonly Sent[] => {
    const family = familyOf(address)
    const known = { family, bridge: bridge.name, admitted: admitted && !on.marks }
    const [from, to] = [{ saddr: address }, { oifname: bridge.name, daddr: address }]
    const tcp = { ...known, protocol: 'tcp' }
    const published = ports.filter(({ hostIp }) => isFor(hostIp, family))
    return [
      {
        ...{ ...on, what: 'sent by containers', isOut: true },
        packet: { ...tcp, ...from, iifname: bridge.name, state: ['new'] },
      },
      {
        ...{ ...on, what: 'answers to containers', isOut: false },
        packet: { ...tcp, ...to, state: ['established'] },
      },
      ...published.map(({ protocol, hostPort, containerPort }) => ({
        ...{ ...on, what: `sent to published port ${hostPort}/${protocol}`, isOut: false },
        hostPort: String(hostPort),
        packet: {
          ...{ ...known, ...to, protocol, dport: String(containerPort), admitted: false },
          state: ['new', 'dnat'],
        },
      })),
    ]
  })
}

// What is sent to an address of the host alone stays there.
function isFor(hostIp: string, family: 4 | 6): boolean {
  return hostIp === '' || (familyOf(hostIp) === family && !/^(127\.|::1$)/.test(hostIp))
}

/** The priorities at which connections are known, destinations changed, and sources. */
const [tracked, changed, masqueraded] = [-200, -100, 100]
/** The priority of our chain for what is forwarded. */
const marking = -10

// The base chains that a packet passes, and what is known of it there.
function stagesOf(table: FilterTable, sent: Sent): readonly (readonly [string, KnownPacket])[] {
  const { isOut, marks, hostPort, packet } = sent
  const { bridge } = packet
  const at = (hook: string) => chainsAt(table, hook, bridge)
  const named = (
    chains: ReturnType<typeof at>,
    known: (priority: number) => KnownPacket | undefined,
  ) =>
    chains.flatMap(([name, { priority }]) => {
      const seen = known(priority)
      return seen ? [[name, seen] as const] : []
    })
  const { state, iifname, oifname, daddr, dport, ...bare } = packet
  if (table.name.startsWith('bridge '))
    return isOut
      ? named([...at('prerouting'), ...at('input')], () => ({ ...bare, ibrname: bridge }))
      : []
  const before = (priority: number) => {
    const early = { ...bare, marked: false }
    if (isOut) return { ...early, iifname: bridge, ...(priority > tracked ? { state } : {}) }
    return hostPort && priority < changed ? { ...early, dport: hostPort } : undefined
  }
  return [
    ...(isOut ? named(at('ingress'), () => ({ ...bare, iifname: bridge })) : []),
    ...named(at('prerouting'), before),
    ...named(at('forward'), (priority) => ({ ...packet, marked: marks && priority > marking })),
    ...named(at('postrouting'), (priority) =>
      priority < masqueraded ? { ...packet, marked: marks } : undefined,
    ),
  ]
}

interface Dropped extends NonNullable<ReturnType<typeof droppedBy>> {
  readonly network: string
  readonly what: string
}

function refused(table: FilterTable, chain: string, all: readonly Dropped[]): Finding {
  const { program, name } = table
  const list = (texts: readonly string[], by = ', ') => [...new Set(texts)].join(by)
  const of = `chain ${chain} of table ${name} (${program})`
  return finding('rules-refusing', about('host', of), {
    message: `rules of others in ${of} drop packets of network ${list(all.map(({ network }) => network))}: ${list(all.map(({ what }) => what))}`,
    evidence: [...new Set(all.map(({ rule }) => `it has: ${rule.line}`))],
    fix: list(
      all.map(({ rule }) => deletionOf(table, rule, chain)),
      ' && ',
    ),
  })
}

function deletionOf({ program, name }: FilterTable, rule: Dropped['rule'], chain: string): string {
  const { line, handle } = rule
  return handle === undefined
    ? `${program} -t ${name} -D ${shellWords(line.slice(3))}`
    : `nft delete rule ${name} ${chain} handle ${handle}`
}
