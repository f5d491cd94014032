import { attachmentText } from './attachment-ref.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedAttachment, ObservedState } from './observed-state.ts'

/** A port of the host and the end that a rule leads it to, as one text. */
export function portLead(protocol: string, hostPort: number, end: string): string {
  return `${protocol}/${hostPort} ${end}`
}

/**
 * Published ports of pods, of containers that other programs attached, and of those that portmap publishes by nftables as a program,
 * that no rule leads to them. Their program alone makes these rules. None where rules could not be read.
 */
export function foreignPortFindings({
  attachments,
  firewall,
  table,
  host,
}: ObservedState): readonly Finding[] {
  const { leads: inTable } = table
  const isSeen = inTable !== undefined && firewall.length > 0 && host.unreadableRules.length === 0
  const all = attachments.filter(
    ({ published = [], state }) => published.length > 0 && state !== 'gone',
  )
  if (!isSeen || all.length === 0) return []
  const leads = new Set([
    ...inTable,
    ...firewall.flatMap(({ publishes, owned, ledByOthers = [] }) => [
      ...(publishes ? [...owned.values()] : []).flatMap(({ published }) =>
        published.map((each) => portLead(each.protocol, each.hostPort, each.target)),
      ),
      ...ledByOthers.map(({ protocol, first, to }) => portLead(protocol, first, to)),
    ]),
  ])
  return all.map((each) => closed(each, leads))
}

function closed(each: ObservedAttachment, leads: ReadonlySet<string>): Finding {
  const { published = [], pod, containerId, ours } = each
  const lost = published.filter(
    ({ protocol, hostPort, ends }) =>
      !ends.some((end) => leads.has(portLead(protocol, hostPort, end))),
  )
  const who = pod === undefined ? `container ${containerId}` : `pod ${pod || containerId}`
  return finding({
    kind: 'ports-closed',
    severity: 'warning',
    subject: { kind: 'attachment', name: attachmentText(each) },
    message: `published ports of ${who} do not answer: no rule leads to it`,
    evidence: lost.map(
      ({ protocol, hostPort, ends }) =>
        `no rule sends ${protocol} port ${hostPort} to ${ends.join(' or ')}`,
    ),
    ours,
    fix:
      pod === undefined
        ? `stop and start it${ours ? '' : ' with the program that made it'}`
        : 'delete the pod, so that its runtime makes another: kubectl delete pod',
  })
}
