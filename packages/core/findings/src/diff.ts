import { type Compared, compare } from './compared.ts'
import type { DesiredState } from './desired-state.ts'
import { attachmentFindings } from './diff-attachments.ts'
import { dropFindings } from './diff-drops.ts'
import { confFindings, damageFindings } from './diff-files.ts'
import { filterFindings } from './diff-filter.ts'
import { firewallFindings } from './diff-firewall.ts'
import { folderFindings } from './diff-folders.ts'
import { hostFindings } from './diff-host.ts'
import { bridgeFindings, interfaceFindings } from './diff-interfaces.ts'
import { leftRuleFindings } from './diff-left-rules.ts'
import { nameFindings } from './diff-names.ts'
import { featureFindings, parentFindings, programFindings } from './diff-needs.ts'
import { flowFindings, foreignPortFindings, loopbackFindings, portFindings } from './diff-ports.ts'
import { publishedFindings } from './diff-published.ts'
import { networkFindings, recordFindings, unfinishedFindings } from './diff-records.ts'
import { reservationFindings } from './diff-reservations.ts'
import { routingFindings } from './diff-routing.ts'
import {
  bridgeEntryFindings,
  leftLinkFindings,
  neighbourFindings,
  strayLinkFindings,
  takenFindings,
  trafficFilterFindings,
} from './diff-stray-links.ts'
import { subnetFindings } from './diff-subnets.ts'
import { insideFindings, tableFindings } from './diff-table.ts'
import { attachmentText, type Finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/**
 * Every difference between what should be on a host and what is, the worst first. Findings on
 * foreign resources are among them, and have no repair. The same states give the same findings, in
 * the same order.
 */
export function diff(desired: DesiredState, observed: ObservedState): readonly Finding[] {
  const host = compare(desired, observed)
  // The isolation of a network is missed by each of its attachments.
  const unique = new Map<string, Finding>()
  for (const each of finders.flatMap((find) => find(host)))
    if (each.evidence.length > 0 && !unique.has(each.id)) unique.set(each.id, each)
  return [...unique.values()].toSorted((a, b) => ranks[a.severity] - ranks[b.severity])
}

const ranks = { error: 0, warning: 1, info: 2 } as const

// A finding without evidence is dropped.
const finders: readonly ((host: Compared) => readonly Finding[])[] = [
  confFindings,
  damageFindings,
  attachmentFindings,
  recordFindings,
  networkFindings,
  livingFindings,
  unfinishedFindings,
  strayLinkFindings,
  leftLinkFindings,
  bridgeEntryFindings,
  neighbourFindings,
  trafficFilterFindings,
  takenFindings,
  leftRuleFindings,
  tableFindings,
  insideFindings,
  reservationFindings,
  nameFindings,
  portFindings,
  publishedFindings,
  foreignPortFindings,
  loopbackFindings,
  subnetFindings,
  routingFindings,
  hostFindings,
  filterFindings,
  dropFindings,
  programFindings,
  featureFindings,
  parentFindings,
  folderFindings,
]

// What one that was never finished lacks is no matter: it is to go.
function livingFindings(host: Compared): readonly Finding[] {
  const finished = host.desired.attachments.filter(
    (each) => host.attachments.get(attachmentText(each))?.remembered,
  )
  const byBridge = Map.groupBy(finished, ({ bridge }) => bridge?.name)
  return [
    ...[...byBridge.values()].flatMap(([first]) => (first ? bridgeFindings(first, host) : [])),
    ...finished.flatMap((each) =>
      [interfaceFindings, firewallFindings, flowFindings].flatMap((find) => find(each, host)),
    ),
  ]
}
