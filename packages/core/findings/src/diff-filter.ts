import { familyOf } from '@vethra/cni'
import {
  type ForwardedNetwork,
  isPlain,
  type ObservedFirewall,
  passingCommands,
  type RefusingChain,
} from '@vethra/firewall'
import type { Compared } from './compared.ts'
import type { DesiredAttachment, DesiredNetwork } from './desired-state.ts'
import { about, type Finding, finding, warning } from './finding.ts'
import type { ObservedState } from './observed-state.ts'
import { shellWords } from './shell-word.ts'

/** Firewalls that get in the way of each other, or of containers. */
export function filterFindings({ desired, observed }: Compared): readonly Finding[] {
  const { host, firewall } = observed
  const filtered = desired.networks.filter((each) => each.filtered)
  // Rules are another's matter on a host that makes none.
  if (filtered.length === 0) return []
  const networks = forwarded(desired.attachments)
  return [
    // What runs in our process needs no iptables.
    ...iptablesFindings(
      filtered.filter(({ programs }) => programs.some((each) => makers.includes(each))),
      observed,
    ),
    ...host.firewallManagers.map(managed),
    ...firewall.map(dropping),
    ...[...host.refusingChains, ...firewall.flatMap(ownIptables)].map((chain) =>
      refusal(chain, networks),
    ),
  ]
}

/** Programs that make rules of iptables. */
const makers: readonly string[] = ['bridge', 'ptp', 'portmap', 'firewall']

function iptablesFindings(
  needing: readonly DesiredNetwork[],
  { host: { unreadableRules, hiddenRules }, firewall }: ObservedState,
): readonly Finding[] {
  const isNeeded = needing.length > 0
  const isMissing = firewall.length === 0 && unreadableRules.length === 0 && isNeeded
  const users = `needed by network ${needing.map(({ name }) => name).join(', ')}`
  const lack = 'iptables-save and ip6tables-save are missing, or the kernel has nothing for them'
  return [
    finding('rules-unreadable', about('host', 'iptables'), {
      message:
        'iptables cannot read the firewall rules: plugins cannot change them, and attaching fails',
      evidence: isNeeded ? unreadableRules : [],
      fix: 'nft list ruleset   (move the rules that iptables did not make to a table of their own)',
    }),
    finding('iptables-missing', about('host', 'iptables'), {
      message:
        'cannot read or make firewall rules: containers cannot be attached to networks that need some',
      evidence: isMissing ? [lack, users] : [],
      fix: 'apt-get install iptables',
    }),
    warning('iptables-mixed', about('host', 'iptables'), {
      message:
        'iptables-legacy and iptables-nft both have rules: neither shows those of the other, and both apply',
      evidence: hiddenRules,
      fix: 'update-alternatives --config iptables   (choose one for all programs, then restart or reboot)',
    }),
  ]
}

function managed(manager: string): Finding {
  const firewalld = manager === 'firewalld'
  return finding('firewall-managed', about('host', manager), {
    severity: 'info',
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

function dropping({ family, dropping: lines }: ObservedFirewall): Finding {
  const program = family === 4 ? 'iptables' : 'ip6tables'
  return finding('rules-refusing', about('host', `${program} chain CNI-FORWARD`), {
    message: `somebody's rules of ${program} in front of those of CNI plugins drop what containers send or get`,
    evidence: lines,
    fix: lines.map((line) => `${program} -D ${shellWords(line.slice(3))}`).join(' && '),
  })
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
  return finding('forwarding-refused', about('host', `${program} chain ${name}`), {
    severity: known ? 'error' : 'warning',
    message: known
      ? `chain ${name} of ${program} drops what it does not accept, and it does not accept network ${refused}`
      : `chain ${name} of ${program} drops what no rule accepts, and none in the chain itself accepts network ${refused}`,
    evidence: due.length === 0 ? [] : [`its policy is drop, its priority ${priority}`],
    fix: [...new Set(due.flatMap((each) => each.commands))].join(' && '),
  })
}
