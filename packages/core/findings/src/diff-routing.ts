import { isIn } from '@vethra/address'
import { familyOf } from '@vethra/cni'
import type { Compared } from './compared.ts'
import type { DesiredAttachment } from './desired-state.ts'
import { about, type Finding, finding } from './finding.ts'
import type { ObservedRule } from './observed-host.ts'
import type { ObservedLink } from './observed-state.ts'
import { shellWord } from './shell-word.ts'

/** Rules of the host's routing policy that refuse what containers of bridges send or get, or lead away what they get, those that it lacks, and a loopback interface that is down. */
export function routingFindings({ desired, observed }: Compared): readonly Finding[] {
  const { rules: all = [], links } = observed
  // No container has an address of the host.
  const rules = all.filter(({ table, from, to }) => table !== 'local' || from || to)
  const harming = rules.some(({ refuses, leadsBy }) => refuses || leadsBy)
  const refused = harming ? desired.attachments.flatMap((each) => refusedBy(rules, each)) : []
  const byRule = Map.groupBy(refused, ({ rule }) => rule)
  const publishing = desired.attachments.find(({ ports }) => ports.length > 0)
  return [
    ...[...byRule].map(([rule, all]) => {
      const networks = [...new Set(all.map(({ network }) => network))].join(', ')
      return finding('routing-refused', about('host', `ip rule ${rule.priority}`), {
        message: `a rule of the host's routing policy ${rule.refuses ? 'refuses packets of' : `leads by ${rule.leadsBy} what is for`} containers in network ${networks}`,
        evidence: [`ip rule ${rule.priority}: ${rule.selector}`],
        fix: `ip ${rule.family === 6 ? '-6 ' : ''}rule delete pref ${rule.priority} ${rule.selector.split(' ').map(shellWord).join(' ')}`,
      })
    }),
    ...(desired.attachments.some(({ bridge }) => bridge?.routed) ? unused(all) : []),
    finding('loopback-down', about('interface', 'lo'), {
      message:
        'interface lo of the host is down, or has no 127.0.0.1: published ports do not answer there',
      evidence: links.some((each) => publishing && each.name === 'lo' && !isLoopback(each))
        ? [`container ${publishing?.containerId} publishes ports`]
        : [],
      fix: 'ip link set dev lo up && ip address replace 127.0.0.1/8 dev lo',
    }),
  ]
}

function isLoopback({ up, addresses }: ObservedLink): boolean {
  return up && addresses.some((each) => each.startsWith('127.'))
}

// A family of which nobody looked at the rules has none here.
function unused(rules: readonly ObservedRule[]): readonly Finding[] {
  return ([4, 6] as const).flatMap((family) =>
    Object.entries(usual).flatMap(([table, priority]) => {
      const own = rules.filter((each) => each.family === family)
      if (own.length === 0 || own.some((each) => each.table === table)) return []
      const rule = `ip ${family === 6 ? '-6 ' : ''}rule`
      return finding('routing-refused', about('host', `${rule} ${table}`), {
        message: `no rule of the host's routing policy looks up table ${table}: IPv${family} packets from and to containers are lost`,
        evidence: [`"${rule}" shows ${own.length} rules, and none for ${table}`],
        fix: `${rule} add pref ${priority} lookup ${table}`,
      })
    }),
  )
}

/** The tables that hold routes to networks and addresses of the host, and the priorities of their rules. */
const usual = { local: 0, main: 32766 } as const

type Refused = Pick<DesiredAttachment, 'network'> & { readonly rule: ObservedRule }

// What it sends comes by its bridge, what it gets by any other interface.
function refusedBy(
  rules: readonly ObservedRule[],
  { network, bridge, addresses }: DesiredAttachment,
): readonly Refused[] {
  if (!bridge?.routed) return []
  const { name } = bridge
  return addresses.flatMap(({ address }) =>
    [{ from: address, iif: name }, { to: address }].flatMap((packet) => {
      const first = rules.find(
        (each) => each.family === familyOf(address) && meets(each, packet, name) !== false,
      )
      // Where what they send leaves is its owner's choice.
      const isAway = packet.to && first?.leadsBy && first.leadsBy !== name
      const harms = first && (first.refuses || isAway) && meets(first, packet, name)
      return harms ? [{ network, rule: first }] : []
    }),
  )
}

interface Routed {
  readonly from?: string
  readonly to?: string
  readonly iif?: string
}

// Undefined where nobody can tell.
function meets(rule: ObservedRule, packet: Routed, bridge: string): boolean | undefined {
  const fits = [
    rule.from === undefined || (packet.from && isIn(rule.from, packet.from)),
    rule.to === undefined || (packet.to && isIn(rule.to, packet.to)),
    rule.iif === undefined ||
      (packet.iif === undefined && rule.iif !== bridge ? undefined : rule.iif === packet.iif),
    rule.isPlain || undefined,
  ]
  return fits.includes(false) ? false : fits.every(Boolean) || undefined
}
