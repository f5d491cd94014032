import type { DnsRecord } from './message.ts'
import { addressRecord, type RecordHead, serviceRecord } from './records.ts'
import type { Holder } from './zone.ts'
import { fullNameOf, memberOctets } from './zone.ts'

/** A name that begins with underscores in front of another: `_443._tcp.web`. */
export interface ServiceName {
  /** The port and protocol that it spells, where it spells both. */
  readonly port?: number
  readonly protocol?: string
  /** The labels with an underscore: those of a name like `_tcp.web` are part of one that may have records. */
  readonly labels: readonly string[]
  /** The name behind them: `web`. */
  readonly base: string
}

/** The parts of a name with underscores in front (RFC 2782); undefined for any other. */
export function readServiceName(name: string): ServiceName | undefined {
  const [, front, base] = /^((?:_[^.]*\.)+)([^_].*)$/s.exec(name) ?? []
  if (front === undefined || base === undefined) return undefined
  const labels = front.slice(0, -1).split('.')
  const [, digits, protocol] = /^_(\d{1,5})\._(tcp|udp|sctp)\.$/.exec(front) ?? []
  if (digits === undefined || protocol === undefined) return { labels, base }
  return { labels, base, port: Number(digits), protocol }
}

/** SRV records of the containers that publish the port: by the container's port behind it, else by its own published port. */
export function findServices(
  service: ServiceName,
  holders: readonly Holder[],
  head: RecordHead,
): { readonly services: readonly DnsRecord[]; readonly addresses: readonly DnsRecord[] } {
  const found = holders.flatMap(({ member }) => {
    const port = publishedPort(service, member.container.ports)
    const fullName = port === undefined ? '' : fullNameOf(member)
    return port === undefined || fullName === '' ? [] : [{ port, member, fullName }]
  })
  return {
    services: found.map(({ port, fullName }) => serviceRecord(head, port, fullName)),
    addresses: found.flatMap(({ member, fullName }) =>
      memberOctets(member).map((octets) => addressRecord({ ...head, name: fullName }, octets)),
    ),
  }
}

function publishedPort(
  { port, protocol }: ServiceName,
  ports: Holder['member']['container']['ports'],
): number | undefined {
  const same = ports.filter((each) => each.protocol === protocol)
  const byHost = same.find(({ hostPort }) => hostPort === port)
  return (byHost ?? same.find(({ containerPort }) => containerPort === port))?.containerPort
}
