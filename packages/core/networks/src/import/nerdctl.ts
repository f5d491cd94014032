import {
  confError,
  goField,
  goItems,
  isObject,
  type Json,
  jsonOrNull,
  type PluginConf,
} from '@vethra/cni'
import type { ConfFileText } from '@vethra/conflist'
import { ipamConfs, networkBridge, networkSubnets } from '../anatomy.ts'
import { auxLabel } from '../aux-addresses.ts'
import { nerdctlKey, ownKey } from '../identity.ts'
import { type Network, networksFromFiles } from '../network.ts'
import type { NetworkOptions } from '../options.ts'
import { type NetworkOrigin, networkOrigin } from '../origin.ts'
import { elements, textField } from '../read-json.ts'
import { unknownParts } from './fields.ts'
import {
  type ForeignNetwork,
  firstLost,
  type Lost,
  lost,
  orRefused,
  withoutDefaultRoute,
} from './foreign-network.ts'
import { leaseRange } from './lease-range.ts'
import { madeNetwork, networkWish } from './network-wish.ts'

/** The networks of nerdctl's conf lists, in order. Conf lists of other programs are passed over; a file that cannot be used is refused. */
export function readNerdctlNetworks(files: readonly ConfFileText[]): readonly ForeignNetwork[] {
  return readConfLists(files, {
    makes: (origin) => origin === 'own' || origin === 'nerdctl',
    otherwise: 'nerdctl did not make it',
    read: readNetwork,
  })
}

/** Which conf lists a program has made, and what they say. */
interface ConfListReader {
  readonly makes: (origin: NetworkOrigin) => boolean
  /** Why those of other programs are passed over. */
  readonly otherwise: string
  /** Throws CniError for a network that cannot be. */
  readonly read: (network: Network) => Pick<ForeignNetwork & { kind: 'wanted' }, 'options' | 'lost'>
}

/** The networks of the conf lists that a program has made, in order; all others are passed over, or refused where they cannot be used. */
export function readConfLists(
  files: readonly ConfFileText[],
  reader: ConfListReader,
): readonly ForeignNetwork[] {
  return files.map((each) => {
    const { networks, faults } = networksFromFiles([each])
    const [network] = networks
    const { file } = each
    const error = faults[0] ?? confError('it is no network')
    return network === undefined
      ? { kind: 'refused', name: file, source: file, error }
      : readWith(network, reader)
  })
}

function readWith(network: Network, { makes, otherwise, read }: ConfListReader): ForeignNetwork {
  const { name, file: source } = network
  if (!makes(networkOrigin(network))) return { kind: 'passed', name, source, why: otherwise }
  return orRefused({ name, source }, () => ({ kind: 'wanted', name, source, ...read(network) }))
}

/** The options and lost parts of a conf list. Throws CniError 7 for what no driver here makes, or beyond 64 subnets. */
export function readNetwork(network: Network): ReturnType<ConfListReader['read']> {
  const { length } = networkSubnets(network)
  if (length > 64) throw confError(`it has ${length} subnets: 64 are read`)
  const wish = networkWish(network)
  if (wish === undefined) throw confError('its first plugin is no bridge, macvlan or ipvlan')
  if (!wish.internal && !hasDefaultRoute(network)) throw withoutDefaultRoute()
  const options = withLeaseRanges(network, wish)
  return { options, lost: lostParts(network, options) }
}

// The options with ranges that a conf list has by first and last address alone. Throws CniError 7 for one that is not a prefix.
function withLeaseRanges(network: Network, wish: NetworkOptions): NetworkOptions {
  // Ours go around reserved addresses, by several ranges of one set.
  if (network.labels[auxLabel] !== undefined) return wish
  const [ipam = null] = ipamConfs(network)
  const found = [ipam, ...goItems(ipam, 'ranges').flatMap(elements)].flatMap(rangeOf)
  return found.length === 0 ? wish : { ...wish, ipRanges: [...wish.ipRanges, ...found] }
}

function rangeOf(range: Json): readonly string[] {
  const text = (key: string) => textField(range, key) ?? ''
  if (text('ipRange') !== '') return []
  const bounds = { start: text('rangeStart'), end: text('rangeEnd') }
  return [leaseRange(text('subnet'), bounds) ?? []].flat()
}

const known = ['cniVersion', 'cniVersions', 'name', nerdctlKey, ownKey, 'nerdctlLabels', 'plugins']
// host-local takes them in a range, and, in its old form, beside its type.
const rangeKeys = ['subnet', 'gateway', 'rangeStart', 'rangeEnd', 'ipRange']
const onByDefault = ['preserveDefaultVlan', 'snat']
const reasons: Readonly<Record<string, string>> = {
  isolation: 'bridge networks are kept apart from each other anyway',
  dnsname: 'names are in hosts files, and in DNS while the daemon runs',
}

// The parts that a conf list has, and the one made of the options has not, at most 64.
function lostParts(network: Network, options: NetworkOptions): readonly Lost[] {
  const made = madeNetwork(options, networkBridge(network))?.list.plugins ?? []
  const list = jsonOrNull(network.list.text)
  const ofList = isObject(list) ? unknownParts(list, known) : []
  const ofPlugins = network.list.plugins.flatMap((plugin) => lostOf(plugin, made))
  return firstLost([...ofList, ...ofPlugins], 64)
}

function lostOf(plugin: PluginConf, made: readonly PluginConf[]): readonly Lost[] {
  const value = jsonOrNull(plugin.text)
  const twin = made.find(({ type }) => type === plugin.type)
  if (twin !== undefined) return different(plugin.type, value, jsonOrNull(twin.text))
  const why = Object.hasOwn(reasons, plugin.type) ? reasons[plugin.type] : undefined
  return [lost(`plugin ${plugin.type}`, value, why ?? 'networks here run without it')]
}

function different(path: string, there: Json, here: Json | undefined): readonly Lost[] {
  if (!isObject(there)) return []
  return Object.entries(there).flatMap(([key, value]) => {
    const other = goField(here, key)
    const field = `${path}.${key}`
    if (key === 'routes') return lostRoutes(field, value)
    if (isCarried(path, key, value)) return []
    if (sorted(value) === sorted(other) || (other === undefined && isOff(key, value))) return []
    if (isObject(value) && isObject(other)) return different(field, value, other)
    return [lost(field, value, 'networks here do without it')]
  })
}

// Default routes differ where we set that of IPv6, too.
function lostRoutes(field: string, routes: Json): readonly Lost[] {
  const isOurs = (route: Json) =>
    isDefaultRoute(route) && isObject(route) && Object.keys(route).length === 1
  return elements(routes)
    .filter((route) => !isOurs(route))
    .map((route) => lost(field, route, 'Vethra sets no routes but the default one'))
}

// By the options of the network, or by its own name; a default route comes with the gateway's address here.
function isCarried(path: string, key: string, value: Json): boolean {
  if (key === 'ranges') return elements(value).every(isOneRange)
  const ofConf = ['cniVersion', 'name', 'isDefaultGateway']
  return (path.endsWith('.ipam') ? rangeKeys : ofConf).includes(key)
}

function isOff(key: string, value: Json): boolean {
  return value === '' || (value === false && !onByDefault.includes(key))
}

// What the options say of a range is all of it.
function isOneRange(set: Json): boolean {
  const [range, ...others] = elements(set)
  const keys = isObject(range) ? Object.keys(range) : ['no object']
  return others.length === 0 && keys.every((key) => rangeKeys.includes(key))
}

// As JSON, the keys of objects in one order.
function sorted(value: Json | undefined): string {
  return JSON.stringify(value, (_, each: Json) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).toSorted()) : each,
  )
}

// Whether the containers of a network get a default route: from host-local or the bridge. Other IPAM plugins decide
// by themselves.
function hasDefaultRoute(network: Network): boolean {
  const [ipam = null] = ipamConfs(network)
  const main = jsonOrNull(network.list.plugins[0]?.text ?? 'null')
  const isOther = (textField(ipam, 'type') ?? 'host-local') !== 'host-local'
  const isOfBridge = goField(main, 'isDefaultGateway') === true
  return isOther || isOfBridge || goItems(ipam, 'routes').some(isDefaultRoute)
}

function isDefaultRoute(route: Json): boolean {
  return ['0.0.0.0/0', '::/0'].includes(textField(route, 'dst') ?? '')
}
