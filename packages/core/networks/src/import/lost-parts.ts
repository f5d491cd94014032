import { goField, isObject, type Json, jsonOrNull, type PluginConf } from '@vethra/cni'
import { networkBridge } from '../anatomy.ts'
import { nerdctlKey, ownKey } from '../identity.ts'
import type { Network } from '../network.ts'
import type { NetworkOptions } from '../options.ts'
import { elements } from '../read-json.ts'
import { isDefaultRoute } from './default-route.ts'
import { unknownParts } from './fields.ts'
import { firstLost, type Lost, lost } from './foreign-network.ts'
import { madeNetwork } from './network-wish.ts'

const known = ['cniVersion', 'cniVersions', 'name', nerdctlKey, ownKey, 'nerdctlLabels', 'plugins']
// host-local takes them in a range, and, in its old form, beside its type.
const rangeKeys = ['subnet', 'gateway', 'rangeStart', 'rangeEnd', 'ipRange']
const onByDefault = ['preserveDefaultVlan', 'snat']
const reasons: Readonly<Record<string, string>> = {
  isolation: 'bridge networks are kept apart from each other anyway',
  dnsname: 'names are in hosts files, and in DNS while the daemon runs',
}

/** The parts that a conf list has, and the one made of the options has not, at most 64. */
export function lostParts(network: Network, options: NetworkOptions): readonly Lost[] {
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
