import type { CniError } from '@vethra/cni'
import type { ContainerNames } from '@vethra/names'
import {
  type DockerNetwork,
  dockerNetwork,
  modeNetwork,
  type NativeNetwork,
  type Network,
  type NetworkContainer,
  nativeNetwork,
  networksFromFiles,
  referencesTo,
} from '@vethra/networks'
import { recordsByContainer } from '../attach/container-records.ts'
import { lifeNow } from '../attach/life.ts'
import { type KnownContainer, readContainer, sparingDamaged } from '../container/container-state.ts'
import { foreignEntries } from '../container/foreign.ts'
import { othersOf } from '../container/others.ts'
import { readPods } from '../container/pods.ts'
import { ownNetworks } from './network-users.ts'
import { oneNetwork } from './one-network.ts'
import type { ManageTools } from './tools.ts'

/** How a network is shown: as docker and nerdctl do, or with its whole conf list. */
export type InspectMode = 'dockercompat' | 'native'

interface InspectedNetworks {
  readonly shown: readonly (DockerNetwork | NativeNetwork)[]
  /** The references that match no network. */
  readonly missing: readonly string[]
  /** The files that cannot be used. */
  readonly faults: readonly CniError[]
}

/** Networks with their live containers and pods, of other programs too. Throws CniError 101 for an ambiguous id. */
export async function inspectNetworks(
  tools: ManageTools,
  refs: readonly string[],
  mode: InspectMode,
): Promise<InspectedNetworks> {
  const { networks, faults } = networksFromFiles(await tools.networks.list())
  const entries = await foreignEntries(tools.host)
  const [containers, others, pods] = await Promise.all([
    liveContainers(tools),
    othersOf(tools, entries),
    readPods(tools.host, entries),
  ])
  const ids = new Set(containers.map(({ id }) => id))
  const seen = [...containers, ...namesOf(others).filter(({ id }) => !ids.has(id))]
  // Runtimes of pods read the shared folder alone: a namesake in a namespace's own has none.
  const own = tools.settings.namespace === 'default' ? [] : ownNetworks(tools, networks)
  const found = refs.map((ref) => oneNetwork(networks, ref) ?? modeNetwork(ref))
  return {
    shown: found.flatMap((network) => {
      if (network === undefined) return []
      return [show(network, own.includes(network) ? seen : [...seen, ...namesOf(pods)], mode)]
    }),
    missing: refs.filter((_, index) => found[index] === undefined),
    faults,
  }
}

// After a crash the host still has what is known of a container whose namespace has gone.
async function liveContainers(tools: ManageTools): Promise<readonly ContainerNames[]> {
  const { hosts, host, settings } = tools
  const { namespace } = settings
  const known = await hosts.list()
  const recordsFor = recordsByContainer(await host.records.list())
  const sparing = sparingDamaged(tools)
  const isAlive = async ({ id }: ContainerNames) => {
    const [first] = recordsFor({ namespace, id })
    if (first) return (await lifeNow(host, first)) !== 'gone'
    // nerdctl keeps the names of those that it has stopped.
    return ['running', 'unknown'].includes((await readContainer(sparing, id)).state)
  }
  const alive = await Promise.all(known.map(isAlive))
  return known.filter((_, index) => alive[index])
}

function namesOf(known: readonly KnownContainer[]): readonly ContainerNames[] {
  return known.flatMap(({ state, names }) => (state === 'dead' || !names ? [] : [names]))
}

function show(
  network: Network,
  containers: readonly ContainerNames[],
  mode: InspectMode,
): DockerNetwork | NativeNetwork {
  const inside = containers.flatMap((container) => memberOf(network, container))
  return mode === 'native' ? nativeNetwork(network, inside) : dockerNetwork(network, inside)
}

// Containers name a network as their user did: by name, by id or by the short id.
function memberOf(
  network: Network,
  { id, name = '', networks }: ContainerNames,
): readonly NetworkContainer[] {
  const ref = referencesTo(network).find(
    (each) => networks !== null && Object.hasOwn(networks, each),
  )
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
