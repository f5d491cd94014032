import { attachmentText } from './attachment-ref.ts'
import type { DesiredState } from './desired-state.ts'
import { attachmentFindings } from './diff-attachments.ts'
import { confFindings, damageFindings } from './diff-files.ts'
import { firewallFindings, leftRuleFindings } from './diff-firewall.ts'
import { flowFindings } from './diff-flows.ts'
import { foreignPortFindings } from './diff-foreign-ports.ts'
import { hostFindings } from './diff-host.ts'
import { insideFindings } from './diff-inside.ts'
import { bridgeFindings, interfaceFindings } from './diff-interfaces.ts'
import { loopbackFindings } from './diff-loopback.ts'
import { leftMasqueradeFindings } from './diff-masquerades.ts'
import { nameFindings } from './diff-names.ts'
import { portFindings } from './diff-ports.ts'
import { publishedFindings } from './diff-published.ts'
import { lostNetworkFindings, recordFindings, removedNetworkFindings } from './diff-records.ts'
import { reservationFindings } from './diff-reservations.ts'
import { startFindings } from './diff-starts.ts'
import { leftLinkFindings, neighbourFindings, strayLinkFindings } from './diff-stray-links.ts'
import { subnetFindings } from './diff-subnets.ts'
import { tableFindings } from './diff-table.ts'
import { unfinishedFindings } from './diff-unfinished.ts'
import type { Finding } from './finding.ts'
import { type Maps, mapsOf } from './maps.ts'
import type { ObservedState } from './observed-state.ts'

/**
 * Every difference between what should be on a host and what is, the worst first. Findings on
 * foreign resources are among them, and have no repair. The same states give the same findings, in
 * the same order.
 */
export function diff(desired: DesiredState, observed: ObservedState): readonly Finding[] {
  const maps = mapsOf(desired, observed)
  const findings = [
    ...confFindings(observed),
    ...damageFindings(desired, observed),
    ...attachmentFindings(observed, maps),
    ...recordFindings(observed),
    ...lostNetworkFindings(observed),
    ...removedNetworkFindings(observed),
    ...lostFindings(desired, observed, maps),
    ...unfinishedFindings(desired, observed, maps),
    ...strayLinkFindings(desired, observed),
    ...leftLinkFindings(observed),
    ...neighbourFindings(desired, observed),
    ...leftRuleFindings(observed, maps),
    ...leftMasqueradeFindings(observed, maps),
    ...tableFindings(observed),
    ...insideFindings(observed),
    ...reservationFindings(desired, observed, maps),
    ...nameFindings(desired, observed),
    ...startFindings(desired, observed),
    ...portFindings(desired, observed, maps),
    ...publishedFindings(desired, observed, maps),
    ...foreignPortFindings(observed),
    ...loopbackFindings(desired),
    ...subnetFindings(desired, observed),
    ...hostFindings(desired, observed),
  ]
  // The isolation of a network is missed by each of its attachments.
  const unique = new Map<string, Finding>()
  for (const each of findings)
    if (each.evidence.length > 0 && !unique.has(each.id)) unique.set(each.id, each)
  return [...unique.values()].toSorted((a, b) => ranks[a.severity] - ranks[b.severity])
}

const ranks = { error: 0, warning: 1, info: 2 } as const

// What one that was never finished lacks is no matter: it is to go.
function lostFindings(
  { attachments }: DesiredState,
  observed: ObservedState,
  maps: Maps,
): readonly Finding[] {
  const finished = attachments.filter(
    (each) => maps.attachments.get(attachmentText(each))?.remembered,
  )
  const byBridge = Map.groupBy(finished, ({ bridge }) => bridge?.name)
  return [
    ...[...byBridge.values()].flatMap(([first]) => (first ? bridgeFindings(first, maps) : [])),
    ...finished.flatMap((each) => [
      ...interfaceFindings(each, maps),
      ...firewallFindings(each, observed, maps),
      ...flowFindings(each, observed),
    ]),
  ]
}
