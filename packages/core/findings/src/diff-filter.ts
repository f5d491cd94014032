import type { DesiredNetwork, DesiredState } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/** Firewalls that get in the way of each other, or of containers. */
export function filterFindings(
  { networks, attachments }: DesiredState,
  { host, firewall }: ObservedState,
): readonly Finding[] {
  const { hiddenRules, unreadableRules, firewallManagers, forwardRefusers } = host
  const filtered = networks.filter((each) => each.filtered)
  // Rules are another's matter on a host that makes none.
  if (filtered.length === 0) return []
  // What runs in our process needs no iptables.
  const needing = filtered.filter(({ programs }) => programs.some((each) => makers.includes(each)))
  const refusing = firewall.filter((each) => each.refusesForwarding).map(({ family }) => family)
  const refused = attachments.filter(
    ({ admitted, bridge, addresses }) =>
      !admitted &&
      bridge?.routed === true &&
      addresses.some(({ address }) => refusing.includes(address.includes(':') ? 6 : 4)),
  )
  return [
    ...(needing.length > 0 ? unreadableRules.map(unreadable) : []),
    ...(firewall.length === 0 && unreadableRules.length === 0 && needing.length > 0
      ? [missing(needing)]
      : []),
    ...(hiddenRules.length > 0 ? [mixed(hiddenRules)] : []),
    ...firewallManagers.map(managed),
    ...forwardRefusers.map(refuser),
    ...[...new Set(refused.map(({ network }) => network))].map((network) =>
      refusedByPolicy(
        network,
        refused.find((each) => each.network === network)?.bridge?.name ?? '',
      ),
    ),
  ]
}

/** Programs that make rules of iptables. */
const makers: readonly string[] = ['bridge', 'ptp', 'portmap', 'firewall']

function unreadable(reason: string): Finding {
  return finding({
    kind: 'rules-unreadable',
    severity: 'error',
    subject: { kind: 'host', name: 'iptables' },
    message:
      'iptables cannot read the firewall rules: plugins cannot change them, and attaching fails',
    evidence: [reason],
    ours: false,
    fix: 'nft list ruleset   (move the rules that iptables did not make to a table of their own)',
  })
}

function missing(networks: readonly DesiredNetwork[]): Finding {
  return finding({
    kind: 'iptables-missing',
    severity: 'error',
    subject: { kind: 'host', name: 'iptables' },
    message:
      'cannot read or make firewall rules: containers cannot be attached to networks that need some',
    evidence: [
      'iptables-save and ip6tables-save are missing, or the kernel has nothing for them',
      `needed by network ${networks.map(({ name }) => name).join(', ')}`,
    ],
    ours: false,
    fix: 'apt-get install iptables',
  })
}

function mixed(hidden: readonly string[]): Finding {
  return finding({
    kind: 'iptables-mixed',
    severity: 'warning',
    subject: { kind: 'host', name: 'iptables' },
    message:
      'iptables-legacy and iptables-nft both have rules: neither shows those of the other, and both apply',
    evidence: hidden,
    ours: false,
    fix: 'update-alternatives --config iptables   (choose one for all programs, then restart or reboot)',
  })
}

function managed(manager: string): Finding {
  const firewalld = manager === 'firewalld'
  return finding({
    kind: 'firewall-managed',
    severity: 'warning',
    subject: { kind: 'host', name: manager },
    message: firewalld
      ? 'firewalld is active: when it is reloaded, it drops the rules of containers'
      : 'ufw is active: its FORWARD policy drops forwarded traffic by default, and published ports bypass it',
    evidence: [`${manager} manages the firewall`],
    ours: false,
    fix: firewalld
      ? 'after each reload: vethra doctor --repair   (the daemon does so by itself)'
      : 'ufw route allow in on BRIDGE   (for each bridge of a network)',
  })
}

function refuser(chain: string): Finding {
  return finding({
    kind: 'forwarding-refused',
    severity: 'warning',
    subject: { kind: 'host', name: chain },
    message: `chain ${chain} has policy drop on the forward hook: it drops containers' traffic, even where iptables accepts it`,
    evidence: ['its policy is drop, and it is on the forward hook'],
    ours: false,
    fix: 'nft list ruleset   (accept traffic from and to the bridges of networks there)',
  })
}

function refusedByPolicy(network: string, bridge: string): Finding {
  return finding({
    kind: 'forwarding-refused',
    severity: 'error',
    subject: { kind: 'network', name: network },
    message: `FORWARD policy is DROP, and no rule accepts network ${network}: its containers cannot reach other hosts`,
    evidence: [
      'chain FORWARD has policy DROP',
      'no plugin of the network accepts anything (type "firewall")',
    ],
    ours: false,
    fix: `iptables -I FORWARD -i ${bridge} -j ACCEPT && iptables -I FORWARD -o ${bridge} -j ACCEPT`,
  })
}
