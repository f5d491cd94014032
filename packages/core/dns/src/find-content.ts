import { contains, fromOctets } from '@vethra/address'
import { addressKey } from './address-octets.ts'
import { findHolders } from './find-holders.ts'
import { type DnsQuestion, type DnsRecord, noRecords } from './message.ts'
import { dnsRcode, dnsType } from './numbers.ts'
import {
  addressRecord,
  anyRecord,
  authorityRecord,
  pointerRecord,
  type RecordHead,
  serviceRecord,
} from './records.ts'
import { type ReverseName, readReverseName, reverseName } from './reverse-name.ts'
import { fullNameOf, type Holder, memberOctets, type View, type Zone } from './zone.ts'

/** The content of an answer. */
export interface Content {
  readonly rcode: number
  readonly answers: readonly DnsRecord[]
  /** How many answers in a row are equals, whose order turns from question to question; none when there is no such run. */
  readonly runs: readonly number[]
  readonly authorities: readonly DnsRecord[]
  /** Whether it is of a name that there is: such answers are bounded in number. */
  readonly isCommon: boolean
  readonly additionals: readonly DnsRecord[]
}

/** A question, and where it is asked. */
export interface Asked {
  readonly zone: Zone
  readonly view: View
  readonly question: DnsQuestion
}

const loopback = [
  Uint8Array.of(127, 0, 0, 1),
  Uint8Array.from({ length: 16 }, (_, at) => +(at === 15)),
]
const ourDomain = '.vethra'
/** How long an answer may be kept, in seconds. */
const ttl = 5
// Resolvers and browsers ask for these whether a name has them or not.
const commonTypes: readonly number[] = [dnsType.A, dnsType.AAAA, dnsType.HTTPS]
const addressTypes: readonly number[] = [dnsType.A, dnsType.AAAA]

/** The zone's answer to a question of class IN; undefined when it is for upstream to answer. */
export function findContent(asked: Asked): Content | undefined {
  const { name, type } = asked.question
  const special = specialContent(asked) ?? ownContent(asked)
  if (special) return special
  const inside = name.endsWith(ourDomain) ? name.slice(0, -ourDomain.length) : name
  const held = holderContent(asked, inside)
  if (held) return held
  const reverse = readReverseName(name)
  if (reverse) return reverseContent(asked, reverse)
  if (name === 'vethra') return nothing(asked)
  if (inside !== name) return missing(asked, 'vethra')
  // A resolver that checks DNSSEC asks for these of top-level domains; nobody's container is told of by them.
  const isForValidators = type === dnsType.DS || type === dnsType.DNSKEY
  return name === '.' || name.includes('.') || isForValidators ? undefined : missing(asked, '.')
}

// RFC 6761, section 6; RFC 7686; RFC 9462, section 4: none of these is asked upstream.
function specialContent(asked: Asked): Content | undefined {
  const { name } = asked.question
  if (name === 'localhost') return addresses(asked, [loopback])
  if (name.endsWith('.localhost')) return { ...addresses(asked, [loopback]), isCommon: false }
  if (name === '1.0.0.127.in-addr.arpa') return pointer(asked, 'localhost')
  if (name === reverseName(loopback[1] ?? new Uint8Array())) return pointer(asked, 'localhost')
  if (/(?:^|\.)resolver\.arpa$/.test(name)) return nothing(asked, 'resolver.arpa')
  const [, tld] = /(?:^|\.)(invalid|onion)$/.exec(name) ?? []
  return tld === undefined ? undefined : missing(asked, tld)
}

function ownContent(asked: Asked): Content | undefined {
  const own = asked.view.own.get(asked.question.name)
  return own && addresses(asked, [own])
}

function holderContent(asked: Asked, name: string): Content | undefined {
  const holders = findHolders(asked.view.networks, name)
  // Thousands may bear an alias: those of other types, which are not kept, are not to cost what addresses do.
  const hasAddresses = addressTypes.includes(asked.question.type)
  if (holders.length > 0) return addresses(asked, hasAddresses ? byNetwork(holders) : [])
  const service = readServiceName(name)
  const bearers = service ? findHolders(asked.view.networks, service.base) : []
  return service && bearers.length > 0 ? services(asked, service, bearers) : undefined
}

function byNetwork(holders: readonly Holder[]): readonly (readonly Uint8Array[])[] {
  const grouped = Map.groupBy(holders, ({ member }) => member.network)
  return [...grouped.values()].map((each) => each.flatMap(({ member }) => memberOctets(member)))
}

function addresses(asked: Asked, groups: readonly (readonly Uint8Array[])[]): Content {
  const { type } = asked.question
  const length = type === dnsType.A ? 4 : type === dnsType.AAAA ? 16 : 0
  const wanted = groups.map((group) => group.filter((each) => each.length === length))
  const records = wanted.flat().map((each) => addressRecord(headOf(asked), each))
  const content = found(asked, records)
  const isCommon = content.isCommon || commonTypes.includes(type)
  return { ...content, runs: wanted.map((group) => group.length), isCommon }
}

function services(asked: Asked, service: ServiceName, holders: readonly Holder[]): Content {
  const head = headOf(asked)
  const { services, addresses } = findServices(service, holders, head)
  const base = asked.question.name.slice(service.labels.join('.').length + 1)
  const isPart = service.labels.length === 1 && /^_(?:tcp|udp|sctp)$/.test(service.labels[0] ?? '')
  if (services.length === 0) return isPart ? nothing(asked, base) : missing(asked, base)
  if (asked.question.type !== dnsType.SRV) return found(asked, [])
  return { ...found(asked, services), additionals: addresses }
}

function reverseContent(asked: Asked, reverse: ReverseName): Content | undefined {
  const prefixes = [...asked.zone.networks.values()].flatMap((network) => network.prefixes)
  const address = fromOctets(reverse.octets)
  const prefix = prefixes.find((each) => contains(each, address))
  if (!prefix || reverse.length < prefix.length) return undefined
  const zone = reverseName(reverse.octets, prefix.length)
  if (reverse.excess > 0) return missing(asked, zone)
  const isWhole = reverse.length === 8 * reverse.octets.length
  if (!isWhole) return nothing(asked, zone)
  const networks = new Set(asked.view.networks.map(({ name }) => name))
  const members = asked.zone.members.get(addressKey(reverse.octets)) ?? []
  const member = members.find(({ network }) => networks.has(network))
  const fullName = member ? fullNameOf(member) : ''
  return fullName !== '' ? pointer(asked, fullName, zone) : missing(asked, zone)
}

function pointer(asked: Asked, target: string, zone?: string): Content {
  const wanted = asked.question.type === dnsType.PTR ? [pointerRecord(headOf(asked), target)] : []
  return found(asked, wanted, zone)
}

// Records, or that the name has none of this type: RFC 8482 for ANY, RFC 2308 where there are none.
function found(asked: Asked, records: readonly DnsRecord[], zone?: string): Content {
  const isAny = asked.question.type === dnsType.ANY
  const answers = isAny ? [anyRecord(headOf(asked))] : records
  if (answers.length === 0) return nothing(asked, zone)
  return { ...noRecords, rcode: dnsRcode.NOERROR, answers, runs: [], isCommon: true }
}

function nothing(asked: Asked, zone: string = asked.question.name): Content {
  return { ...missing(asked, zone), rcode: dnsRcode.NOERROR }
}

function missing(asked: Asked, zone: string): Content {
  const authorities = [authorityRecord({ name: zone, ttl }, asked.zone.serial)]
  return { ...noRecords, rcode: dnsRcode.NXDOMAIN, runs: [], authorities, isCommon: false }
}

function headOf({ question }: Asked): RecordHead {
  return { name: question.name, ttl }
}

interface ServiceName {
  /** The port and protocol that it spells, where it spells both. */
  readonly port?: number
  readonly protocol?: string
  /** The labels with an underscore: those of a name like `_tcp.web` are part of one that may have records. */
  readonly labels: readonly string[]
  /** The name behind them: `web`. */
  readonly base: string
}

// The parts of a name with underscores in front (RFC 2782); undefined for any other.
function readServiceName(name: string): ServiceName | undefined {
  const [, front, base] = /^((?:_[^.]*\.)+)([^_].*)$/s.exec(name) ?? []
  if (front === undefined || base === undefined) return undefined
  const labels = front.slice(0, -1).split('.')
  const [, digits, protocol] = /^_(\d{1,5})\._(tcp|udp|sctp)\.$/.exec(front) ?? []
  if (digits === undefined || protocol === undefined) return { labels, base }
  return { labels, base, port: Number(digits), protocol }
}

// SRV records of the containers that publish the port: by the container's port behind it, else by its own published
// port.
function findServices(
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
