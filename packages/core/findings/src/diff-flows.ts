import { attachmentText } from './attachment-ref.ts'
import type { DesiredAttachment } from './desired-state.ts'
import { type Finding, finding } from './finding.ts'
import type { ObservedState } from './observed-state.ts'

/**
 * UDP packets to a published port that the kernel still sends to a container of before: it remembers the
 * way of each sender, and goes on as long as packets come (plugins#123).
 */
export function flowFindings(
  { network, containerId, ifname, addresses, ports }: DesiredAttachment,
  { flows }: ObservedState,
): readonly Finding[] {
  if (flows.length === 0) return []
  const own = new Set(addresses.map(({ address }) => address))
  // What is sent to another address of the host may be another's to publish.
  const published = ports.filter(({ protocol, hostIp }) => protocol === 'udp' && hostIp === '')
  const stale = flows.filter(
    ({ hostPort, target }) =>
      published.some((port) => port.hostPort === hostPort) &&
      [...own].some((address) => address.includes(':') === target.includes(':')) &&
      !own.has(target),
  )
  if (stale.length === 0) return []
  const attachment = { network, containerId, ifname }
  return [
    finding({
      kind: 'flow-stale',
      subject: { kind: 'attachment', name: attachmentText(attachment) },
      message: `container ${containerId} misses traffic to its published UDP ports: a stale conntrack entry sends it to a removed container`,
      evidence: stale.map(
        ({ hostPort, target }) => `packets to port ${hostPort} still go to ${target}`,
      ),
      repair: { kind: 'restore-rules', attachment, effects: ['ports'], left: true },
    }),
  ]
}
