import type { ContainerNames } from '@vethra/hosts'
import {
  dockerNetwork,
  type Network,
  type NetworkContainer,
  nativeNetwork,
  networksFromFiles,
} from '@vethra/networks'
import { unsupported } from './flags.ts'
import type { Io } from './io.ts'
import { readFormat } from './listing.ts'
import { notFound, oneNetwork } from './one-network.ts'
import type { Tools } from './tools.ts'

/**
 * Prints the networks asked for as a JSON array, in the order asked. Those found are printed even when
 * others are not; then CniError 101 names the missing ones.
 */
export async function inspectNetworks(
  tools: Tools,
  refs: readonly string[],
  { mode, format }: { readonly mode: string; readonly format: string },
  io: Io,
): Promise<void> {
  if (mode !== 'dockercompat' && mode !== 'native') {
    throw unsupported('--mode', mode, 'dockercompat or native', `unknown mode "${mode}"`)
  }
  const { networks } = networksFromFiles(await tools.networks.list())
  const containers = await tools.hosts.list()
  const found = refs.map((ref) => oneNetwork(networks, ref))
  const shown = found.flatMap((network) => (network ? [show(network, containers, mode)] : []))
  if (format !== 'json') for (const each of shown) io.print(readFormat(format)(each))
  else if (shown.length > 0) io.print(JSON.stringify(shown, null, 4))
  const missing = refs.filter((_, index) => found[index] === undefined)
  if (missing.length > 0) throw notFound(missing)
}

function show(network: Network, containers: readonly ContainerNames[], mode: string): object {
  const inside = containers.flatMap((container) => memberOf(network, container))
  return mode === 'native' ? nativeNetwork(network, inside) : dockerNetwork(network, inside)
}

// Containers name a network as their user did: by name, by id or by the short id.
function memberOf(
  { name: network, id: networkId = '' }: Network,
  { id, name = '', networks }: ContainerNames,
): readonly NetworkContainer[] {
  const refs = [network, networkId, networkId.slice(0, 12)].filter((ref) => ref !== '')
  const ref = refs.find((each) => networks !== null && Object.hasOwn(networks, each))
  const result = ref === undefined ? undefined : networks?.[ref]
  if (result === undefined) return []
  const addresses = result.ips.map(({ address }) => address)
  return [
    {
      id,
      name,
      macAddress: result.interfaces.find(({ sandbox }) => sandbox)?.mac ?? '',
      ipv4Address: addresses.find((address) => !address.includes(':')) ?? '',
      ipv6Address: addresses.find((address) => address.includes(':')) ?? '',
    },
  ]
}
