import { familyOf } from '@vethra/cni'
import {
  type ForwardedNetwork,
  isPlain,
  type ObservedFirewall,
  passingCommands,
  type RefusingChain,
} from '@vethra/firewall'
import type { DesiredAttachment, DesiredNetwork, DesiredState } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** Firewalls that get in the way of each other, or of containers. */
export function filterFindings(
  { networks, attachments }: DesiredState,
  { host, firewall }: ObservedState,
): readonly Finding[] {
  const { firewallManagers, refusingChains } = host
  const filtered = networks.filter((each) => each.filtered)
  // Rules are another's matter on a host that makes none.
  if (filtered.length === 0) return []
  // What runs in our process needs no iptables.
  const needing = filtered.filter(({ programs }) => programs.some((each) => makers.includes(each)))
  return [
    ...iptablesFindings(needing, { host, firewall }),
    ...firewallManagers.map(managed),
    ...[...refusingChains, ...firewall.flatMap(ownIptables)].map((chain) =>
      refusal(chain, forwarded(attachments)),
    ),
  ]
}

function iptablesFindings(
  needing: readonly DesiredNetwork[],
  { host, firewall }: Pick<ObservedState, 'host' | 'firewall'>,
): readonly Finding[] {
  const subject = { kind: 'host', name: 'iptables' } as const
  const { unreadableRules, hiddenRules } = host
  const isMissing = firewall.length === 0 && unreadableRules.length === 0 && needing.length > 0
  const users = `needed by network ${needing.map(({ name }) => name).join(', ')}`
  const lack = 'iptables-save and ip6tables-save are missing, or the kernel has nothing for them'
  return [
    finding({
      ...{ kind: 'rules-unreadable', subject },
      message:
        'iptables cannot read the firewall rules: plugins cannot change them, and attaching fails',
      evidence: needing.length > 0 ? unreadableRules : [],
      fix: 'nft list ruleset   (move the rules that iptables did not make to a table of their own)',
    }),
    finding({
      ...{ kind: 'iptables-missing', subject },
      message:
        'cannot read or make firewall rules: containers cannot be attached to networks that need some',
      evidence: isMissing ? [lack, users] : [],
      fix: 'apt-get install iptables',
    }),
    finding({
      ...{ kind: 'iptables-mixed', severity: 'warning', subject },
      message:
        'iptables-legacy and iptables-nft both have rules: neither shows those of the other, and both apply',
      evidence: hiddenRules,
      fix: 'update-alternatives --config iptables   (choose one for all programs, then restart or reboot)',
    }),
  ]
}

/** Programs that make rules of iptables. */
const makers: readonly string[] = ['bridge', 'ptp', 'portmap', 'firewall']

function managed(manager: string): Finding {
  const firewalld = manager === 'firewalld'
  return finding({
    kind: 'firewall-managed',
    severity: 'info',
    subject: { kind: 'host', name: manager },
    message: firewalld
      ? 'firewalld is active: networks are in its zone trusted, which a reload forgets'
      : 'ufw is active: published ports are reached whatever its rules for incoming traffic say',
    evidence: [`${manager} manages the firewall`],
    fix: firewalld
      ? 'after each reload: vethra doctor --repair   (the daemon does so by itself)'
      : 'publish on one address only: -p 127.0.0.1:8080:80',
  })
}

// The chain of the iptables that plugins run, where its policy is to drop.
function ownIptables({ family, refusing }: ObservedFirewall): readonly RefusingChain[] {
  const program = family === 4 ? 'iptables' : 'ip6tables'
  return refusing === undefined ? [] : [{ program, name: 'FORWARD', priority: 0, rules: refusing }]
}

interface NamedNetwork extends ForwardedNetwork {
  readonly network: string
  readonly families: readonly (4 | 6)[]
}

function forwarded(attachments: readonly DesiredAttachment[]): readonly NamedNetwork[] {
  return attachments.flatMap(({ network, bridge, addresses, ports, admitted, inTable }) =>
    bridge?.routed
      ? [
          {
            network,
            bridge: bridge.name,
            families: addresses.map(({ address }) => familyOf(address)),
            marked: inTable.length > 0,
            publishes: ports.length > 0,
            admitted,
          },
        ]
      : [],
  )
}

// What one attachment of a network needs the others need, too: each command is named once.
function refusal(chain: RefusingChain, networks: readonly NamedNetwork[]): Finding {
  const { program, name, priority } = chain
  const only = program.startsWith('ip6') ? 6 : program === 'nft' ? undefined : 4
  const due = networks
    .filter(({ families }) => only === undefined || families.includes(only))
    .map((each) => ({ network: each.network, commands: passingCommands(chain, each) }))
    .filter(({ commands }) => commands.length > 0)
  const refused = [...new Set(due.map(({ network }) => network))].join(', ')
  const known = isPlain(chain)
  return finding({
    kind: 'forwarding-refused',
    severity: known ? 'error' : 'warning',
    subject: { kind: 'host', name: `${program} chain ${name}` },
    message: known
      ? `chain ${name} of ${program} drops what it does not accept, and it does not accept network ${refused}`
      : `chain ${name} of ${program} drops what no rule accepts, and none in the chain itself accepts network ${refused}`,
    evidence: due.length === 0 ? [] : [`its policy is drop, its priority ${priority}`],
    fix: [...new Set(due.flatMap((each) => each.commands))].join(' && '),
  })
}
