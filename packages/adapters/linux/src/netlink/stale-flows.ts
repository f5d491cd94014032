import { decodeFlow, dumpUdpFlows, type FoundFlow, forgetFlow } from '@vethra/netlink'
import type { Publish } from '@vethra/state'
import type { Session } from './session.ts'

/** Forgets UDP flows to published ports: conntrack leads their datagrams where the first went, whatever the map says by now. */
export function forgetStaleFlows(session: Session, publishes: readonly Publish[]): void {
  const ports = publishes.filter(({ protocol }) => protocol === 'udp')
  if (ports.length === 0) return
  const byPort = Map.groupBy(ports, ({ hostPort }) => hostPort)
  const flows = ([4, 6] as const).flatMap((family) => {
    const own = ports.filter(({ address }) => address.includes(':') === (family === 6))
    return flowsTo(session, family, new Set(own.map(({ hostPort }) => hostPort)))
  })
  const stale = flows.filter((flow) =>
    (byPort.get(flow.port) ?? []).some((publish) => leadsTo(flow, publish)),
  )
  if (stale.length > 0) session.netfilter(stale.map(forgetFlow))
}

/** Up to so many ports are asked for one by one: some milliseconds each. For more of them all UDP flows are listed. */
const fewPorts = 4

function flowsTo(
  session: Session,
  family: 4 | 6,
  ports: ReadonlySet<number>,
): readonly FoundFlow[] {
  const asked = ports.size > fewPorts ? [undefined] : [...ports]
  return asked.flatMap((port) => {
    const { messages } = session.askNetfilter(dumpUdpFlows(family, port))
    return messages.flatMap((each) => decodeFlow(each) ?? [])
  })
}

function leadsTo({ protocol, address }: FoundFlow, { hostAddress }: Publish): boolean {
  return protocol === 17 && [undefined, address].includes(hostAddress)
}
