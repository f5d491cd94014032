import { commonRange, formatAddress, formatRange, readAddress, readRange } from '@vethra/address'
import {
  confError,
  familyOf,
  isObject,
  type Json,
  type JsonObject,
  present,
  type Result,
} from '@vethra/cni'
import type { Owned, Publish, Resource } from '@vethra/state'
import { owned, ownerOf } from './owned.ts'
import type { PlanInput, Planned, Plugin, PluginRequest } from './plugin.ts'
import {
  checkDialect,
  conditionKeys,
  type PortConditions,
  portConditions,
} from './port-conditions.ts'
import { admissionOf, hostInterfaceOf, needsPrevious } from './previous.ts'
import { arrayOf, booleanOf, hasKey, invalidKey, numberOf, objectOf, textOf } from './read-conf.ts'
import { ipOf } from './subnets.ts'
import { words } from './words.ts'

/** The conf of `portmap`, checked. */
export interface PortmapConf {
  readonly mappings: readonly Mapping[]
  /** Whether the container sees the host in place of whoever asks its ports. */
  readonly masquerades: boolean
  /** Per family; absent where a port is for every packet. */
  readonly conditions: { readonly 4?: PortConditions; readonly 6?: PortConditions }
}

interface Mapping {
  readonly protocol: Publish['protocol']
  readonly hostPort: number
  readonly containerPort: number
  /** Absent for every address of the host; `0.0.0.0` and `::` for each of one family. */
  readonly hostIp?: string
}

/** The plugin `portmap`: ports of the host that lead to the container. */
export const portmap: Plugin<PortmapConf> = {
  type: 'portmap',
  chained: 'must be called as chained plugin',
  keys: [],
  // Others than those of networks of ours are left to the program.
  fixed: { snat: true, masqAll: false, conditionsV6: ['!', '-d', '::1'] },
  parse,
  plan,
}

function parse({ conf }: PluginRequest): PortmapConf {
  checkIptablesKeys(conf)
  const runtime = objectOf(conf, 'runtimeConfig') ?? {}
  const snat = booleanOf(conf, 'snat') || !hasKey(conf, 'snat')
  // The reference plugin masquerades nothing without `snat`.
  const masquerades = booleanOf(conf, 'masqAll') && snat
  const conditions = present({ 4: portConditions(conf, 4), 6: portConditions(conf, 6) })
  return { mappings: arrayOf(runtime, 'portMappings').map(mappingOf), masquerades, conditions }
}

// What most of these keys have iptables do, table vethra does by itself.
function checkIptablesKeys(conf: JsonObject): void {
  const backend = textOf(conf, 'backend')
  if (backend !== undefined && backend !== 'iptables' && backend !== 'nftables')
    throw confError(words.unknownPortmapBackend(backend))
  const bit = numberOf(conf, 'markMasqBit')
  if (bit !== undefined && !(bit >= 0 && bit <= 31)) throw confError(words.invalidMarkBit)
  const chain = textOf(conf, 'externalSetMarkChain')
  if (bit !== undefined && chain !== undefined) throw confError(words.markBitAndChain)
  checkDialect(conf, backend, chain === undefined ? [] : ['externalSetMarkChain'])
}

/** So many mappings one ADD takes: a hundred thousand of them take hundreds of megabytes. */
const mostMappings = 32_768

const protocols: readonly string[] = ['tcp', 'udp', 'sctp']

function mappingOf(value: Json): Mapping {
  if (!isObject(value)) throw invalidKey('portMappings', value, 'each must be an object')
  const protocol = (textOf(value, 'protocol') ?? 'tcp').toLowerCase()
  if (!protocols.includes(protocol))
    throw invalidKey('protocol', protocol, 'it must be tcp, udp or sctp')
  const asked = textOf(value, 'hostIP')
  const read = asked === undefined ? undefined : readAddress(asked)
  if (asked !== undefined && !read) throw invalidKey('hostIP', asked, 'it must be an IP address')
  // A set's key is the address as the kernel prints it.
  const hostIp = read && formatAddress(read)
  // RFC 4291, 2.5.3: no packet from ::1 leaves the host, not to a container either.
  if (hostIp === '::1')
    throw invalidKey('hostIP', hostIp, 'the IPv6 loopback address leads to no container')
  return {
    protocol: protocol as Mapping['protocol'],
    hostPort: portOf(value, 'hostPort'),
    containerPort: portOf(value, 'containerPort'),
    ...present({ hostIp }),
  }
}

const portNames = { hostPort: 'host', containerPort: 'container' } as const

function portOf(mapping: JsonObject, key: keyof typeof portNames): number {
  const port = numberOf(mapping, key) ?? 0
  if (port >= 1 && port <= 65535) return port
  throw confError(words.invalidPort(portNames[key], port))
}

function plan(
  { mappings, masquerades, conditions }: PortmapConf,
  { request, previous, removing }: PlanInput,
): Planned {
  const result = needsPrevious('portmap', { previous, request, removing })
  if (!removing) demandFew(mappings.length, conditions)
  const known = addressesOf(result, request.attachment.ifname)
  // The key of a port has no address of the container's: a port is found without.
  const addresses = known.length === 0 && removing ? ['0.0.0.0', '::'] : known
  const publishes = mappings.flatMap((mapping) =>
    addresses.flatMap((each) => publish(mapping, each, conditions[familyOf(each)])),
  )
  return {
    resources: [
      ...(publishes.length > 0 ? ways(result, request, addresses) : []),
      ...owned(ownerOf(request), masquerades ? publishes.flatMap(seeingHost) : publishes),
    ],
    result,
  }
}

function demandFew(ports: number, conditions: PortmapConf['conditions']): void {
  if (ports > mostMappings)
    throw confError(`invalid portMappings: ${ports} ports, more than ${mostMappings}`)
  for (const family of [4, 6] as const) {
    const { sources = [], destinations = [] } = conditions[family] ?? {}
    const ranges = sources.length * destinations.length
    if (ranges * ports > mostMappings)
      throw confError(
        `invalid ${conditionKeys[family]}: ${ranges} ranges for ${ports} ports, more than ${mostMappings}`,
        'Name fewer addresses, or publish fewer ports.',
      )
  }
}

function seeingHost(port: Publish): readonly Resource[] {
  return [port, { kind: 'published masquerade', address: port.address }]
}

// Per family the first address of the container's interface.
function addressesOf({ ips, interfaces }: Result, ifname: string): readonly string[] {
  const own = ips.filter(({ interface: at }) => {
    const link = at === undefined ? undefined : interfaces[at]
    return link === undefined || (link.name === ifname && Boolean(link.sandbox))
  })
  const texts = own.flatMap((ip) => ipOf(ip)?.address ?? [])
  const first = (is6: boolean) => texts.find((text) => text.includes(':') === is6)
  return [first(false), first(true)].filter((text) => text !== undefined)
}

function publish(
  { protocol, hostPort, containerPort, hostIp }: Mapping,
  address: string,
  conditions: PortConditions | undefined,
): readonly Publish[] {
  if (hostIp !== undefined && familyOf(hostIp) !== familyOf(address)) return []
  const hostAddress = hostIp === '0.0.0.0' || hostIp === '::' ? undefined : hostIp
  const port = { hostPort, address, port: containerPort }
  const made: Publish = { kind: 'publish', protocol, ...port, ...present({ hostAddress }) }
  return conditions ? withConditions(made, conditions) : [made]
}

// One for each range of sources and each of destinations.
function withConditions(
  port: Publish,
  { sources, destinations, from }: PortConditions,
): readonly Publish[] {
  const { hostAddress: asked, ...rest } = port
  const only = asked === undefined ? undefined : readRange(asked)
  const to = destinations.flatMap((each) => (only ? (commonRange(each, only) ?? []) : [each]))
  return sources.flatMap((source) =>
    to.map((each) => ({
      ...rest,
      hostAddress: formatRange(each),
      source: formatRange(source),
      ...present({ from }),
    })),
  )
}

// What a bridge needs for packets from 127.0.0.1 to be led to its containers: the route, and the guard that comes
// with a bridge of ours. A bridge that a program made is made known here.
function ways(
  result: Result,
  request: PluginRequest,
  addresses: readonly string[],
): readonly Owned[] {
  const admission = admissionOf(result, request)
  if (admission === undefined) return []
  const { owner } = admission
  const hasIpv4 = addresses.some((address) => !address.includes(':'))
  const key = `net/ipv4/conf/${hostInterfaceOf(result)}/route_localnet`
  return [
    admission,
    ...(hasIpv4
      ? [{ owner, resource: { kind: 'sysctl', place: 'host', key, value: '1' } } as const]
      : []),
  ]
}
