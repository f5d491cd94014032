import type { ObservedFirewall, OwnedRules } from '@vethra/firewall'
import { ownerOf } from '@vethra/firewall'
import { attachmentText, refOf } from './attachment-ref.ts'
import type {
  DesiredAddress,
  DesiredAttachment,
  DesiredPort,
  TableEffect,
} from './desired-state.ts'
import { type Finding, finding, repairable } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedState } from './observed-state.ts'

/** The packet filter's missing rules for a living container. */
export function firewallFindings(
  attachment: DesiredAttachment,
  { firewall, host }: ObservedState,
  { marks }: Pick<Maps, 'marks'>,
): readonly Finding[] {
  const own = marks.get(attachmentText(attachment))
  const byRules = (effect: TableEffect, findings: readonly Finding[]) =>
    attachment.inTable.includes(effect) ? [] : findings
  const byFirewalld = host.firewallManagers.includes('firewalld')
  return [
    ...byRules('masquerading', unmasqueraded(attachment, firewall, own?.masquerading ?? '')),
    ...byRules('ports', closedPorts(attachment, firewall, own?.ports ?? '')),
    // Where firewalld is, its zone admits and isolates in place of rules that could be seen.
    ...(byFirewalld
      ? []
      : [
          ...byRules('admission', unadmitted(attachment, firewall)),
          ...byRules('isolation', unisolated(attachment, firewall)),
        ]),
  ]
}

function unmasqueraded(
  attachment: DesiredAttachment,
  firewall: readonly ObservedFirewall[],
  mark: string,
): readonly Finding[] {
  if (!attachment.masqueraded) return []
  const { network, containerId } = attachment
  const lost = lostAddresses(attachment, firewall, ({ owned }, { address }) =>
    owned.get(mark)?.masqueraded.includes(address),
  )
  if (lost.length === 0) return []
  const addresses = attachment.addresses.map(
    ({ address, prefixLength }) => `${address}/${prefixLength}`,
  )
  return [
    repairable({
      kind: 'masquerading-missing',
      subject: subjectOf(attachment),
      message: `container ${containerId} cannot reach other hosts: its traffic from network ${network} is not masqueraded`,
      evidence: [`no rule masquerades ${lost.join(', ')}`],
      repair: {
        kind: 'restore-masquerading',
        attachment: { ...refOf(attachment), addresses },
      },
    }),
  ]
}

function closedPorts(
  attachment: DesiredAttachment,
  firewall: readonly ObservedFirewall[],
  mark: string,
): readonly Finding[] {
  const { containerId, ports } = attachment
  const closed = firewall.flatMap(({ family, publishes, owned }) => {
    const address = attachment.addresses.find((each) => familyOf(each.address) === family)?.address
    if (address === undefined) return []
    const published = publishes ? (owned.get(mark)?.published ?? []) : []
    return ports
      .filter(({ hostIp }) => hostIp === '' || familyOf(hostIp) === family)
      .filter((port) => !published.some(publishing(port, address)))
      .map(
        (port) =>
          `no rule sends ${port.protocol} port ${port.hostPort} to ${target(port, address)}`,
      )
  })
  if (closed.length === 0) return []
  return [
    repairable({
      kind: 'ports-closed',
      subject: subjectOf(attachment),
      message: `published ports of container ${containerId} have no forwarding rules`,
      evidence: closed,
      repair: {
        kind: 'restore-rules',
        attachment: refOf(attachment),
        effects: ['ports'],
        left: firewall.some(({ owned }) => owned.has(mark)),
      },
    }),
  ]
}

function publishing(
  port: DesiredPort,
  address: string,
): (published: OwnedRules['published'][number]) => boolean {
  return (each) =>
    each.protocol === port.protocol &&
    each.hostPort === port.hostPort &&
    each.target === target(port, address)
}

function target({ containerPort }: DesiredPort, address: string): string {
  return address.includes(':') ? `[${address}]:${containerPort}` : `${address}:${containerPort}`
}

function unadmitted(
  attachment: DesiredAttachment,
  firewall: readonly ObservedFirewall[],
): readonly Finding[] {
  if (!attachment.admitted) return []
  const lost = lostAddresses(attachment, firewall, ({ admitted }, { address }) =>
    admitted.has(address),
  )
  if (lost.length === 0) return []
  return [
    repairable({
      kind: 'forwarding-missing',
      subject: subjectOf(attachment),
      message: `the firewall no longer accepts traffic of container ${attachment.containerId} in network ${attachment.network}`,
      evidence: [`no rules accept forwarding from and to ${lost.join(', ')}`],
      repair: {
        kind: 'restore-rules',
        attachment: refOf(attachment),
        effects: ['admission'],
        // One of two directions, or one of two families, may be there.
        left: firewall.some(({ admitted }) => admitted.size > 0),
      },
    }),
  ]
}

function unisolated(
  attachment: DesiredAttachment,
  firewall: readonly ObservedFirewall[],
): readonly Finding[] {
  const { isolation: wanted, bridge, network, addresses } = attachment
  if (wanted === 'none' || bridge === undefined) return []
  const families = new Set(addresses.map(({ address }) => familyOf(address)))
  const open = firewall
    .filter(({ family }) => families.has(family))
    .filter(({ isolation }) => isolation.get(bridge.name) !== wanted)
  if (open.length === 0) return []
  return [
    repairable({
      kind: 'isolation-missing',
      subject: { kind: 'network', name: network },
      message: `network ${network} is not isolated any more: containers of other networks can reach its own`,
      evidence: open.map(({ family }) => `no IPv${family} rules isolate bridge ${bridge.name}`),
      // No DEL removes what isolates, and ADD makes only what is missing.
      repair: {
        kind: 'restore-rules',
        attachment: refOf(attachment),
        effects: ['isolation'],
        left: false,
      },
    }),
  ]
}

function lostAddresses(
  { addresses }: DesiredAttachment,
  firewall: readonly ObservedFirewall[],
  isCared: (rules: ObservedFirewall, address: DesiredAddress) => boolean | undefined,
): readonly string[] {
  return firewall.flatMap((rules) =>
    addresses
      .filter(({ address }) => familyOf(address) === rules.family)
      .filter((each) => !isCared(rules, each))
      .map(({ address }) => address),
  )
}

/** Rules that bear the mark of an attachment that is not known. */
export function leftRuleFindings(
  { firewall }: ObservedState,
  { byMark, ourContainers }: Pick<Maps, 'byMark' | 'ourContainers'>,
): readonly Finding[] {
  return firewall.flatMap(({ family, owned }) =>
    [...owned.values()]
      .filter(({ mark }) => !byMark.has(mark))
      .map((each) => leftRules(each, family, ourContainers)),
  )
}

function leftRules(rules: OwnedRules, family: 4 | 6, ourContainers: ReadonlySet<string>): Finding {
  const { mark, lines, published } = rules
  const owner = ownerOf(rules)
  const whose = owner
    ? `container ${owner.containerId} in network ${owner.network}`
    : 'a container that is not known'
  const sends = published.map(
    ({ protocol, hostPort, target: to }) => `${protocol} port ${hostPort} still goes to ${to}`,
  )
  const known = {
    kind: 'rules-left',
    subject: { kind: 'rules', name: `${mark} (IPv${family})` },
    message: `orphaned firewall rules of ${whose}, which is not attached`,
    evidence: [...sends, ...lines],
  } as const
  if (owner && ourContainers.has(owner.containerId)) {
    return repairable({ ...known, repair: { kind: 'remove-rules', ...owner } })
  }
  return finding({
    ...known,
    severity: 'warning',
    ours: false,
    fix: removalOf(mark, lines, family),
  })
}

function removalOf(mark: string, lines: readonly string[], family: 4 | 6): string {
  const program = `${family === 4 ? 'iptables' : 'ip6tables'} -t nat`
  const jumps = lines.filter((line) => !line.startsWith(`-A ${mark} `))
  const commands = [...jumps.map((line) => `-D ${line.slice(3)}`), `-F ${mark}`, `-X ${mark}`]
  return commands.map((each) => `${program} ${each}`).join(' && ')
}

function subjectOf(attachment: DesiredAttachment): Finding['subject'] {
  return { kind: 'attachment', name: attachmentText(attachment) }
}

function familyOf(address: string): 4 | 6 {
  return address.includes(':') ? 6 : 4
}
