import { decodeFlow, dumpUdpFlows, type FoundFlow, forgetFlow } from '@vethra/netlink'
import type { Publish } from '@vethra/state'
import type { Session } from './session.ts'

/**
 * Forgets the UDP flows to published ports. A datagram of a flow that conntrack knows is led where the first one
 * was, whatever the map says by now: to a container that is gone, or to the host itself.
 */
export function forgetStaleFlows(session: Session, publishes: readonly Publish[]): void {
  const ports = publishes.filter(({ protocol }) => protocol === 'udp')
  const asked = new Set<string>()
  const flows = ports.flatMap((publish) => {
    const family = publish.address.includes(':') ? 6 : 4
    const key = `${family} ${publish.hostPort}`
    if (asked.has(key)) return []
    asked.add(key)
    const { messages } = session.netfilter([dumpUdpFlows(family, publish.hostPort)])
    return messages.flatMap((each) => decodeFlow(each) ?? [])
  })
  const stale = flows.filter((flow) => ports.some((publish) => leadsTo(flow, publish)))
  if (stale.length > 0) session.netfilter(stale.map(forgetFlow))
}

function leadsTo({ protocol, address, port }: FoundFlow, publish: Publish): boolean {
  const { hostAddress, hostPort } = publish
  return protocol === 17 && port === hostPort && [undefined, address].includes(hostAddress)
}
