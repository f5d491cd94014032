import type { ObservedFirewall } from '@vethra/firewall'
import type { Compared } from './compared.ts'
import type { DesiredNetwork } from './desired-state.ts'
import { about, type Finding, finding, warning } from './finding.ts'
import type { ObservedState } from './observed-state.ts'
import { shellWords } from './shell-word.ts'

/** Firewalls that get in the way of each other, or of containers. */
export function filterFindings({ desired, observed }: Compared): readonly Finding[] {
  const { host, firewall } = observed
  const filtered = desired.networks.filter((each) => each.filtered)
  // Rules are another's matter on a host that makes none.
  if (filtered.length === 0) return []
  return [
    // What runs in our process needs no iptables.
    ...iptablesFindings(
      filtered.filter(({ programs }) => programs.some((each) => makers.includes(each))),
      observed,
    ),
    ...host.firewallManagers.map(managed),
    ...firewall.map(dropping),
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

function dropping({ family, dropping: lines }: ObservedFirewall): Finding {
  const program = family === 4 ? 'iptables' : 'ip6tables'
  return finding('rules-refusing', about('host', `${program} chain CNI-FORWARD`), {
    message: `somebody's rules of ${program} in front of those of CNI plugins drop what containers send or get`,
    evidence: lines,
    fix: lines.map((line) => `${program} -D ${shellWords(line.slice(3))}`).join(' && '),
  })
}
