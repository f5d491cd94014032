import { confError, decodeError, ioError, type JsonObject, parseJsonOr } from '@vethra/cni'
import type { ConfFileText } from '@vethra/conflist'
import type { Driver, NetworkOptions } from '../options.ts'
import type { ReadOptions } from './docker-options.ts'
import {
  flagOf,
  hasFamily,
  objectOf,
  objectsOf,
  subnetText,
  textOf,
  textsOf,
  unknownParts,
} from './fields.ts'
import {
  equalDriver,
  type ForeignNetwork,
  foreignNetwork,
  type Lost,
  lost,
  lostOptions,
  orRefused,
  type Reading,
  shownName,
  unequalIpam,
  withoutDefaultRoute,
} from './foreign-network.ts'
import { leaseRange } from './lease-range.ts'

/** The network of a JSON file of Podman's, as netavark takes it. A file that cannot be read or used is refused. */
export function readPodmanNetwork({ file, text, error }: ConfFileText): ForeignNetwork {
  return orRefused({ name: file, source: file }, () => {
    if (text === undefined) throw error ?? ioError(`cannot read ${file}`)
    const value = parseJsonOr(text, (cause) => decodeError('it is not JSON', { cause }))
    return foreignNetwork(
      value,
      { name: shownName(value, 'name', file), source: file },
      readNetwork,
    )
  })
}

const known = [
  ...['name', 'id', 'driver', 'network_interface', 'created', 'subnets', 'ipv6_enabled'],
  ...['internal', 'dns_enabled', 'labels', 'options', 'ipam_options', 'routes'],
  'network_dns_servers',
]

function readNetwork(object: JsonObject): Reading {
  const driver = equalDriver(textOf(object, 'driver'))
  const ipamDriver = ipamDriverOf(object)
  const addresses = addressesOf(object)
  const internal = flagOf(object, 'internal')
  const read = readPodmanOptions(
    driver,
    textsOf(object, 'options'),
    textOf(object, 'network_interface'),
  )
  const names = namesOf(object, { isBridge: driver === 'bridge', internal })
  const none = addresses.subnets.length === 0
  return {
    options: {
      ...{ name: textOf(object, 'name'), driver, ...addresses },
      ipv4: none || hasFamily(addresses.subnets, 4),
      ipv6: flagOf(object, 'ipv6_enabled') || hasFamily(addresses.subnets, 6),
      auxAddresses: [],
      internal,
      ipamDriver,
      ipamOptions: {},
      options: { ...read.options, ...names.options },
      labels: textsOf(object, 'labels'),
    },
    lost: [
      ...names.lost,
      ...subnetsLost(object),
      ...routesLost(object),
      ...serversLost(object),
      ...read.lost,
      ...unknownParts(object, known),
    ],
  }
}

function ipamDriverOf(object: JsonObject): string {
  const { driver = '', ...others } = textsOf(object, 'ipam_options')
  const [other] = Object.keys(others)
  if (other !== undefined)
    throw confError(`ipam option ${JSON.stringify(other.slice(0, 128))} has no equal`)
  if (driver === '' || driver === 'host-local') return 'default'
  if (driver === 'dhcp') return 'dhcp'
  throw unequalIpam(driver)
}

// Of each subnet, and of its range.
function subnetsLost(object: JsonObject): readonly Lost[] {
  return objectsOf(object, 'subnets').flatMap((each) => [
    ...unknownParts(each, ['subnet', 'gateway', 'lease_range'], 'subnets.'),
    ...unknownParts(objectOf(each, 'lease_range'), ['start_ip', 'end_ip'], 'subnets.lease_range.'),
  ])
}

function addressesOf(
  object: JsonObject,
): Pick<NetworkOptions, 'subnets' | 'gateways' | 'ipRanges'> {
  const subnets = objectsOf(object, 'subnets').map((each) => ({
    subnet: subnetText(textOf(each, 'subnet')),
    gateway: textOf(each, 'gateway'),
    range: objectOf(each, 'lease_range'),
  }))
  return {
    subnets: subnets.map(({ subnet }) => subnet),
    gateways: subnets.flatMap(({ gateway }) => (gateway === '' ? [] : [gateway])),
    ipRanges: subnets.flatMap(({ subnet, range }) => {
      const bounds = { start: textOf(range, 'start_ip'), end: textOf(range, 'end_ip') }
      return leaseRange(subnet, bounds) ?? []
    }),
  }
}

// A resolver answers at the address of a bridge, which other drivers have not. Podman 4.3 has none in internal networks, asked or not.
function namesOf(
  object: JsonObject,
  { isBridge, internal }: { readonly isBridge: boolean; readonly internal: boolean },
): ReadOptions {
  const enabled = flagOf(object, 'dns_enabled')
  if (isBridge) return { options: enabled || internal ? {} : { 'vethra.dns': 'false' }, lost: [] }
  const why = 'names of containers are in their hosts files alone'
  return { options: {}, lost: enabled ? [lost('dns_enabled', enabled, why)] : [] }
}

function routesLost(object: JsonObject): readonly Lost[] {
  return objectsOf(object, 'routes').map((each) =>
    lost('routes', each, 'Vethra sets no routes but the default one'),
  )
}

function serversLost(object: JsonObject): readonly Lost[] {
  const { network_dns_servers: servers = null } = object
  const isEmpty = servers === null || (Array.isArray(servers) && servers.length === 0)
  return isEmpty
    ? []
    : [lost('network_dns_servers', servers, 'name them with --dns at bundle prepare')]
}

const equals: Readonly<Record<Driver, readonly string[]>> = {
  bridge: ['mtu'],
  macvlan: ['mtu', 'mode'],
  ipvlan: ['mtu', 'mode'],
}

const reasons: Readonly<Record<string, string>> = {
  isolate: 'each bridge network is kept apart from the others anyway',
  vlan: 'a bridge of Vethra has no VLANs',
  metric: 'default routes have no metric',
}

function readPodmanOptions(
  driver: Driver,
  given: Readonly<Record<string, string>>,
  device: string,
): ReadOptions {
  checkBridgeMode(driver, given['mode'])
  checkClosed(given)
  // It is false here, as without it.
  const entries = Object.entries(given).filter(([key]) => key !== 'no_default_route')
  const isEqual = ([key]: readonly [string, string]) => equals[driver].includes(key)
  const parent = driver === 'bridge' || device === '' ? [] : [['parent', device] as const]
  const others = entries.filter((each) => !isEqual(each) && each[0] !== 'mode')
  return {
    options: Object.fromEntries([...entries.filter(isEqual), ...parent]),
    lost: [...bridgeLost(driver, device), ...lostOptions('options', others, reasons)],
  }
}

function checkBridgeMode(driver: Driver, mode = 'managed'): void {
  if (driver !== 'bridge' || mode === 'managed') return
  throw confError(
    `bridge mode ${JSON.stringify(mode)} has no equal`,
    'Use a macvlan on the interface that is the port of that bridge.',
  )
}

function checkClosed({ vrf = '', no_default_route = 'false' }: Readonly<Record<string, string>>) {
  if (vrf !== '') throw confError(`vrf ${JSON.stringify(vrf)} has no equal`)
  if (no_default_route !== 'false') throw withoutDefaultRoute()
}

// Podman's own choice is podman1, podman2, …: nobody relies on it.
function bridgeLost(driver: Driver, device: string): ReadOptions['lost'] {
  if (driver !== 'bridge' || /^(podman\d+)?$/.test(device)) return []
  return [lost('network_interface', device, 'Vethra chooses the name of the bridge')]
}
