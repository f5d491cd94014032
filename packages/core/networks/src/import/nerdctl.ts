import { CniError, goField, isObject, type Json, jsonOrNull, type PluginConf } from '@vethra/cni'
import type { ConfFileText } from '@vethra/conflist'
import { networkBridge } from '../anatomy.ts'
import { networkConfList } from '../conf-list.ts'
import { type Network, networksFromFiles } from '../network.ts'
import type { NetworkOptions } from '../options.ts'
import { networkOrigin } from '../origin.ts'
import { type ForeignNetwork, type Lost, lost, unreadable } from './foreign-network.ts'
import { networkWish } from './network-wish.ts'

/** The networks of nerdctl's conf lists, in order. Conf lists of other programs are passed over; a file that cannot be used is refused. */
export function readNerdctlNetworks(files: readonly ConfFileText[]): readonly ForeignNetwork[] {
  return files.map((each) => {
    const { networks, faults } = networksFromFiles([each])
    const [network] = networks
    const { file } = each
    return network === undefined
      ? {
          kind: 'refused',
          name: file,
          source: file,
          error: faults[0] ?? unreadable('it is no network'),
        }
      : readNetwork(network)
  })
}

function readNetwork(network: Network): ForeignNetwork {
  const { name, file: source } = network
  if (!['own', 'nerdctl'].includes(networkOrigin(network))) {
    return { kind: 'passed', name, source, why: 'nerdctl did not make it' }
  }
  const wish = networkWish(network)
  try {
    if (wish === undefined) throw unreadable('its first plugin is no bridge, macvlan or ipvlan')
    return { kind: 'wanted', name, source, options: wish, lost: lostParts(network, wish) }
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    return { kind: 'refused', name, source, error }
  }
}

// What the file has, and the conf list made of the options has not.
function lostParts(network: Network, wish: NetworkOptions): readonly Lost[] {
  const bridge = networkBridge(network)
  const facts = { used: [], pools: [], isolation: { supported: true, why: '' } }
  const { text } = networkConfList(wish, { ...facts, ...(bridge === undefined ? {} : { bridge }) })
  const made = networksFromFiles([{ file: 'new', text }]).networks[0]?.list.plugins ?? []
  return network.list.plugins.flatMap((plugin) => lostOf(plugin, made)).slice(0, 64)
}

function lostOf(plugin: PluginConf, made: readonly PluginConf[]): readonly Lost[] {
  const value = jsonOrNull(plugin.text)
  const twin = made.find(({ type }) => type === plugin.type)
  if (twin === undefined)
    return [lost(`plugin ${plugin.type}`, value, 'networks here run without it')]
  return different(plugin.type, value, jsonOrNull(twin.text))
}

// Routes differ where we set the default route of IPv6, too.
function different(path: string, there: Json, here: Json | undefined): readonly Lost[] {
  if (!isObject(there)) return []
  return Object.entries(there).flatMap(([key, value]) => {
    const other = goField(here, key)
    if (key === 'routes' || sorted(value) === sorted(other)) return []
    const field = `${path}.${key}`
    if (isObject(value) && isObject(other)) return different(field, value, other)
    return [lost(field, value, 'networks here do without it')]
  })
}

// As JSON, the keys of objects in one order.
function sorted(value: Json | undefined): string {
  return JSON.stringify(value, (_, each: Json) =>
    isObject(each) ? Object.fromEntries(Object.entries(each).toSorted()) : each,
  )
}
