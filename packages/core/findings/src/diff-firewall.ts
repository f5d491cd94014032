import { isIn } from '@vethra/address'
import { familyOf } from '@vethra/cni'
import type { MasqueradedAttachment, MasqueradeRule, ObservedFirewall } from '@vethra/firewall'
import { masqueradeMark } from '@vethra/firewall'
import type { Compared } from './compared.ts'
import type { DesiredAddress, DesiredAttachment, TableEffect } from './desired-state.ts'
import { portLead } from './diff-ports.ts'
import { loss } from './diff-table.ts'
import { attachmentText, type Finding, refOf } from './finding.ts'
import type { ObservedState } from './observed-state.ts'
import type { Repair } from './repair.ts'

/** The rules of iptables that a living container lacks, where plugins make them as programs. */
export function firewallFindings(
  attachment: DesiredAttachment,
  compared: Compared,
): readonly Finding[] {
  const { observed, marks } = compared
  const { firewall, host } = observed
  const own = marks.get(attachmentText(attachment)) ?? { masquerading: '', ports: '' }
  const isOurs = (effect: TableEffect) => !attachment.inTable.includes(effect)
  // Where firewalld is, the plugin isolates by it, if at all.
  const isSeen = !host.firewallManagers.includes('firewalld')
  return [
    ...lost('masquerade', attachment, {
      evidence: isOurs('masquerading') ? unmasqueraded(attachment, observed, own.masquerading) : [],
    }),
    ...lost('publish', attachment, {
      evidence: isOurs('ports') ? closedPorts(attachment, firewall, own.ports) : [],
      left: firewall.some(({ owned }) => owned.has(own.ports)),
    }),
    ...lost('admit', attachment, {
      evidence: isOurs('admission') ? unadmitted(attachment, observed) : [],
      // One of two directions, or one of two families, may be there.
      left: firewall.some(({ admitted }) => admitted.size > 0),
    }),
    // No DEL removes what isolates, and ADD makes only what is missing.
    ...lost('isolate', attachment, {
      evidence: isOurs('isolation') && isSeen ? unisolated(attachment, firewall) : [],
    }),
    ...localClosed(attachment, compared),
  ]
}

// Portmap sets it, once, for what is sent to 127.0.0.1.
function localClosed(
  attachment: DesiredAttachment,
  { bridges, links }: Compared,
): readonly Finding[] {
  const bridge = bridges.get(attachment.bridge?.name ?? '')
  if (!attachment.answersLocally || !bridge || !links.get(bridge.name)?.keepsLocal) return []
  const evidence = [`net.ipv4.conf.${bridge.name}.route_localnet is 0`]
  return [
    loss('sysctl', refOf(attachment), { evidence, repair: { kind: 'restore-bridge', bridge } }),
  ]
}

const ruleEffects = { publish: 'ports', admit: 'admission', isolate: 'isolation' } as const

function lost(
  effect: keyof typeof ruleEffects | 'masquerade',
  attachment: DesiredAttachment,
  { evidence, left = false }: { readonly evidence: readonly string[]; readonly left?: boolean },
): readonly Finding[] {
  if (evidence.length === 0) return []
  const ref = refOf(attachment)
  const repair: Repair =
    effect === 'masquerade'
      ? { kind: 'restore-masquerading', attachment: masqueraded(attachment) }
      : { kind: 'restore-rules', attachment: ref, effects: [ruleEffects[effect]], left }
  return [loss(effect, ref, { evidence, repair })]
}

function masqueraded(attachment: DesiredAttachment): MasqueradedAttachment {
  const addresses = attachment.addresses.map((each) => `${each.address}/${each.prefixLength}`)
  const byNft = attachment.masqueradedByNft
  return { ...refOf(attachment), addresses, ...(byNft ? { byNft } : {}) }
}

function unmasqueraded(
  attachment: DesiredAttachment,
  { firewall, masquerades }: ObservedState,
  mark: string,
): readonly string[] {
  const { masqueraded, masqueradedByNft: byNft = false, addresses } = attachment
  if (!masqueraded && !byNft) return []
  // Before 1.6 the plugins know iptables alone, whatever the conf says. Where nobody looked, all is well.
  const isOwn = (rule: MasqueradeRule, address: string) =>
    rule.address === address && rule.mark === masqueradeMark(attachment)
  const lost = addresses.filter(({ address }) => {
    const rules = rulesOf(firewall, address)
    const isCared =
      rules?.owned.get(mark)?.masqueraded.includes(address) ||
      (masquerades?.some((rule) => isOwn(rule, address)) ?? byNft)
    return (byNft || rules) && !isCared
  })
  return lost.length === 0 ? [] : [`no rule masquerades ${listOf(lost)}`]
}

function closedPorts(
  { addresses, ports }: DesiredAttachment,
  firewall: readonly ObservedFirewall[],
  mark: string,
): readonly string[] {
  if (ports.length === 0) return []
  return firewall.flatMap(({ family, publishes, masqueradesMarked, owned }) => {
    const address = addresses.find((each) => familyOf(each.address) === family)?.address
    if (address === undefined) return []
    if (publishes && !masqueradesMarked)
      return [`no rule masquerades what is sent to ports of ${address} from the host or its subnet`]
    const host = family === 6 ? `[${address}]` : address
    const published = publishes ? (owned.get(mark)?.published ?? []) : []
    const leads = new Set(published.map((each) => portLead(each, each.target)))
    return ports
      .filter(({ hostIp }) => hostIp === '' || familyOf(hostIp) === family)
      .map((port) => ({ ...port, target: `${host}:${port.containerPort}` }))
      .filter((port) => !leads.has(portLead(port, port.target)))
      .map(
        ({ protocol, hostPort, target }) =>
          `no rule sends ${protocol} port ${hostPort} to ${target}`,
      )
  })
}

// The plugin puts addresses into a zone of firewalld where that runs, and makes rules where it does not.
function unadmitted(
  { admitted, addresses }: DesiredAttachment,
  { firewall, host: { firewalldSources: sources } }: ObservedState,
): readonly string[] {
  if (!admitted) return []
  const lost = addresses.filter(({ address }) => {
    const rules = rulesOf(firewall, address)
    return rules && !(sources?.some((each) => isIn(each, address)) ?? rules.admitted.has(address))
  })
  return lost.length === 0 ? [] : [`no rules accept forwarding from and to ${listOf(lost)}`]
}

function unisolated(
  { isolation: wanted, bridge, addresses }: DesiredAttachment,
  firewall: readonly ObservedFirewall[],
): readonly string[] {
  if (wanted === 'none' || bridge === undefined) return []
  return firewall
    .filter(({ isolation }) => isolation.get(bridge.name) !== wanted)
    .filter(({ family }) => addresses.some(({ address }) => familyOf(address) === family))
    .map(({ family }) => `no IPv${family} rules isolate bridge ${bridge.name}`)
}

// Undefined where the rules of its family cannot be looked at.
function rulesOf(
  firewall: readonly ObservedFirewall[],
  address: string,
): ObservedFirewall | undefined {
  return firewall.find(({ family }) => family === familyOf(address))
}

function listOf(addresses: readonly DesiredAddress[]): string {
  return addresses.map(({ address }) => address).join(', ')
}
