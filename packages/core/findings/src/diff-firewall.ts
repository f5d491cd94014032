import { contains, readAddress, readCidr } from '@vethra/address'
import { familyOf } from '@vethra/cni'
import type { MasqueradedAttachment, ObservedFirewall, OwnedRules } from '@vethra/firewall'
import { ownerOf } from '@vethra/firewall'
import { attachmentText, refOf } from './attachment-ref.ts'
import type {
  DesiredAddress,
  DesiredAttachment,
  DesiredPort,
  TableEffect,
} from './desired-state.ts'
import { masqueradedByNft } from './diff-masquerades.ts'
import { lossFindings } from './diff-table.ts'
import type { Finding } from './finding.ts'
import type { Maps } from './maps.ts'
import type { ObservedState } from './observed-state.ts'
import { isOfOthers, orphanedRules } from './orphaned-rules.ts'
import type { Repair, RuleEffect } from './repair.ts'

/** The rules of iptables that a living container lacks, where plugins make them as programs. */
export function firewallFindings(
  attachment: DesiredAttachment,
  observed: ObservedState,
  { marks }: Pick<Maps, 'marks'>,
): readonly Finding[] {
  const { firewall, host } = observed
  const own = marks.get(attachmentText(attachment))
  const isOurs = (effect: TableEffect) => !attachment.inTable.includes(effect)
  // Where firewalld is, the plugin isolates by it, if at all.
  const isSeen = !host.firewallManagers.includes('firewalld')
  const ref = refOf(attachment)
  const rules = (effect: RuleEffect, left: boolean): Repair => ({
    ...{ kind: 'restore-rules', attachment: ref, effects: [effect], left },
  })
  return [
    ...lossFindings('masquerade', ref, {
      evidence: isOurs('masquerading')
        ? unmasqueraded(attachment, observed, own?.masquerading ?? '')
        : [],
      repair: () => ({ kind: 'restore-masquerading', attachment: masqueraded(attachment) }),
    }),
    ...lossFindings('publish', ref, {
      evidence: isOurs('ports') ? closedPorts(attachment, firewall, own?.ports ?? '') : [],
      repair: () =>
        rules(
          'ports',
          firewall.some(({ owned }) => owned.has(own?.ports ?? '')),
        ),
    }),
    ...lossFindings('admit', ref, {
      evidence: isOurs('admission') ? unadmitted(attachment, firewall, host) : [],
      // One of two directions, or one of two families, may be there.
      repair: () =>
        rules(
          'admission',
          firewall.some(({ admitted }) => admitted.size > 0),
        ),
    }),
    ...lossFindings('isolate', ref, {
      evidence: isOurs('isolation') && isSeen ? unisolated(attachment, firewall) : [],
      // No DEL removes what isolates, and ADD makes only what is missing.
      repair: () => rules('isolation', false),
    }),
  ]
}

function masqueraded(attachment: DesiredAttachment): MasqueradedAttachment {
  const addresses = attachment.addresses.map((each) => `${each.address}/${each.prefixLength}`)
  const byNft = attachment.masqueradedByNft
  return { ...refOf(attachment), addresses, ...(byNft ? { byNft } : {}) }
}

function unmasqueraded(
  attachment: DesiredAttachment,
  observed: Pick<ObservedState, 'firewall' | 'masquerades'>,
  mark: string,
): readonly string[] {
  const { masqueraded, masqueradedByNft: byNft = false, addresses } = attachment
  if (!masqueraded && !byNft) return []
  // Before 1.6 the plugins know iptables alone, whatever the conf says.
  const nft = byNft || observed.masquerades ? masqueradedByNft(attachment, observed) : []
  const lost = addresses.filter(({ address }) => {
    const rules = rulesOf(observed.firewall, address)
    const isCared = rules?.owned.get(mark)?.masqueraded.includes(address) || nft.includes(address)
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
  return firewall.flatMap(({ family, publishes, owned }) => {
    const address = addresses.find((each) => familyOf(each.address) === family)?.address
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

// The plugin puts addresses into a zone of firewalld where that runs, and makes rules where it does not.
function unadmitted(
  { admitted, addresses }: DesiredAttachment,
  firewall: readonly ObservedFirewall[],
  { firewalldSources: sources }: ObservedState['host'],
): readonly string[] {
  if (!admitted) return []
  const lost = addresses.filter(({ address }) => {
    const rules = rulesOf(firewall, address)
    return rules && !(sources?.some((each) => holds(each, address)) ?? rules.admitted.has(address))
  })
  return lost.length === 0 ? [] : [`no rules accept forwarding from and to ${listOf(lost)}`]
}

function holds(source: string, address: string): boolean {
  const [prefix, wanted] = [readCidr(source)?.prefix, readAddress(address)]
  return prefix !== undefined && wanted !== undefined && contains(prefix, wanted)
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

/** Rules that bear the mark of an attachment that is not known. */
export function leftRuleFindings(
  { firewall, signs }: ObservedState,
  { byMark, ourContainers }: Pick<Maps, 'byMark' | 'ourContainers'>,
): readonly Finding[] {
  return firewall.flatMap(({ family, owned }) =>
    [...owned.values()]
      .filter(({ mark }) => !byMark.has(mark))
      .filter((each) => !isOfOthers(ownerOf(each), signs, ourContainers))
      .map((each) => leftRules(each, family, ourContainers)),
  )
}

function leftRules(rules: OwnedRules, family: 4 | 6, ourContainers: ReadonlySet<string>): Finding {
  const { mark, lines, published } = rules
  const sends = published.map(
    ({ protocol, hostPort, target: to }) => `${protocol} port ${hostPort} still goes to ${to}`,
  )
  const evidence = [...sends, ...(lines.length > 0 ? lines : [`chain ${mark} is empty`])]
  const fix = removalOf(mark, lines, family)
  const name = `${mark} (IPv${family})`
  return orphanedRules({ name, owner: ownerOf(rules), evidence, fix }, ourContainers)
}

function removalOf(mark: string, lines: readonly string[], family: 4 | 6): string {
  const program = `${family === 4 ? 'iptables' : 'ip6tables'} -t nat`
  const jumps = lines.filter((line) => !line.startsWith(`-A ${mark} `))
  const commands = [...jumps.map((line) => `-D ${line.slice(3)}`), `-F ${mark}`, `-X ${mark}`]
  return commands.map((each) => `${program} ${each}`).join(' && ')
}
