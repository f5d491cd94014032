import { dnsAddresses, lentAddresses, networkBridge } from '@vethra/networks'
import type { NamespaceNames } from './dns-names.ts'
import type { HeardPlace } from './hear.ts'

/** A network that is to be listened in. */
export interface ServedNetwork {
  /** The path of its conf list. */
  readonly file: string
  readonly name: string
  readonly bridge: string
  readonly addresses: readonly string[]
  /** Those that its bridge has while the resolver runs, `10.4.0.1/24`: all of an internal network, none of others. */
  readonly lent: readonly string[]
}

/** The networks of all namespaces in which DNS is on, each once. */
export function servedNetworks(all: readonly NamespaceNames[]): readonly ServedNetwork[] {
  const byFile = new Map<string, ServedNetwork>()
  for (const { networks } of all) {
    for (const network of networks) {
      const { file, name } = network
      const addresses = dnsAddresses(network)
      const bridge = networkBridge(network) ?? ''
      const lent = lentAddresses(network)
      if (addresses.length > 0) byFile.set(file, { file, name, bridge, addresses, lent })
    }
  }
  return [...byFile.values()]
}

/** The network and the zones of each address: those of the namespaces that have the network, in the order given. */
export function placesOf(
  all: readonly NamespaceNames[],
  wanted: readonly ServedNetwork[],
): ReadonlyMap<string, HeardPlace> {
  return new Map(
    wanted.flatMap(({ file, name, addresses }) => {
      const zones = all
        .filter(({ networks }) => networks.some((each) => each.file === file))
        .map(({ zone }) => zone)
      return addresses.map((address) => [address, { network: name, zones }] as const)
    }),
  )
}
