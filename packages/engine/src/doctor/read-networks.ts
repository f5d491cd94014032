import { areOverlapping } from '@vethra/address'
import { type CniError, onCniError, orElse, present } from '@vethra/cni'
import { parseRecord } from '@vethra/container'
import type {
  DesiredNetwork,
  LostNetwork,
  ObservedFault,
  ObservedReservation,
  ShadowedConf,
} from '@vethra/findings'
import {
  findNetwork,
  hangsAtLoopback,
  ipamDataDirs,
  type Network,
  networkParent,
  networkSubnets,
  networksFromFiles,
} from '@vethra/networks'
import { networkFeatures } from '@vethra/plugins'
import { programsOf } from '../attach/ways-now.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { effectsOf } from './list-effects.ts'

/** The networks of all namespaces, and the conf lists that cannot be used or are never used. */
export async function readNetworks(
  tools: DoctorTools,
  namespaces: readonly string[],
): Promise<{
  readonly networks: readonly Network[]
  readonly confFaults: readonly ObservedFault[]
  readonly shadowed: readonly ShadowedConf[]
}> {
  const lists = await Promise.all(namespaces.map((each) => tools.networks(each).list()))
  const files = [...new Map(lists.flat().map((each) => [each.file, each])).values()]
  const confFaults = files.flatMap((each) =>
    networksFromFiles([each]).faults.map((fault) => faultOf(each.file, fault)),
  )
  const uses = lists.flatMap((each) => usesOf(networksFromFiles(each).networks))
  const used = new Set(uses.map(({ by }) => by))
  // The file of one namespace may hide one that others use.
  const shadowed = new Map(uses.flatMap((each) => (used.has(each.file) ? [] : [[each.file, each]])))
  const { networks } = networksFromFiles(files)
  return {
    networks: networks.filter(({ file }) => used.has(file)),
    confFaults,
    shadowed: [...shadowed.values()],
  }
}

/** A network as its conf list asks for it of the host, with those of its plugins that run as programs. */
export function desiredNetwork({ host }: DoctorTools, network: Network): DesiredNetwork {
  const { name, file, managed, list } = network
  const programs = programsOf(host, list)
  const { bridge, routed, isolation, filtered } = effectsOf(list)
  return {
    ...{ name, file, ours: managed, routed, isolation, filtered, programs },
    subnets: networkSubnets(network).map(({ subnet }) => subnet),
    ...present({ bridge: bridge?.name, parent: networkParent(network)?.device }),
    // In this process portmap leaves ::1 out by itself.
    hangsAtLoopback: hangsAtLoopback(network) && programs.includes('portmap'),
    features: networkFeatures(list),
    cniVersion: list.cniVersion,
  }
}

// An attachment uses the first of a name: see `findNetwork`.
function usesOf(networks: readonly Network[]): readonly ShadowedConf[] {
  const first = new Map(networks.toReversed().map(({ name, file }) => [name, file]))
  return networks.map(({ name, file }) => ({ network: name, file, by: first.get(name) ?? file }))
}

function faultOf(file: string, error: CniError): ObservedFault {
  const { details, hint } = error
  const causes = causesOf(error).map(({ message }) => message)
  const reason = [...causes, ...(details === undefined ? [] : [details])].join(': ')
  return { file, reason, ...(hint === undefined ? {} : { hint }) }
}

function causesOf(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : []
}

/** The reservations of all networks, of those that no conf list defines any more too, in the folders that conf lists name and the usual one. */
export async function readReservations(
  tools: DoctorTools,
  networks: readonly Network[],
): Promise<{
  readonly reservations: readonly ObservedReservation[]
  /** Why those of some networks cannot be read. */
  readonly unread: readonly string[]
}> {
  const dataDir = tools.host.places.networks
  const known = (await (await tools.ipam(dataDir)).networks()).map((network) => ({
    dataDir,
    network,
  }))
  const listed = networks.flatMap((network) =>
    ipamDataDirs(network).map((each) => ({ dataDir: each, network: network.name })),
  )
  const places = new Map(
    [...known, ...listed].map((each) => [`${each.dataDir}/${each.network}`, each]),
  )
  const found = await Promise.all(
    [...places.values()].map(async (place) => {
      const store = await tools.ipam(place.dataDir)
      return store.list(place.network).then(
        (all) => ({ listed: all.map((reservation) => ({ ...place, reservation })), faults: [] }),
        onCniError(({ message }) => ({ listed: [], faults: [message] })),
      )
    }),
  )
  return {
    reservations: found.flatMap(({ listed }) => listed),
    unread: found.flatMap(({ faults }) => faults),
  }
}

/**
 * The networks of ours and of nerdctl's that no conf list defines, a copy of which was kept, and that containers of DATA_STORE
 * want: another program removed them. Records are read only where such a copy is.
 */
export async function lostNetworks(
  tools: DoctorTools,
  namespaces: readonly string[],
  networks: readonly Network[],
): Promise<readonly LostNetwork[]> {
  const each = namespaces.map(async (namespace) => lostIn(tools, namespace, networks))
  const byFile = Map.groupBy((await Promise.all(each)).flat(), ({ network }) => network.file)
  return [...byFile].flatMap(([file, uses]) => {
    const [first] = uses
    if (first === undefined) return []
    const taken = networks.find((other) => haveSubnetInCommon(other, first.network))
    const wantedBy = [...new Set(uses.map(({ by }) => by))].toSorted()
    const inTheWay = taken === undefined ? {} : { inTheWay: taken.name }
    return [{ name: first.network.name, file, wantedBy, ...inTheWay }]
  })
}

/** The names of the networks of ours and of nerdctl's that copies are kept of: they had containers of DATA_STORE. */
export async function keptNames(
  tools: DoctorTools,
  namespaces: readonly string[],
): Promise<readonly string[]> {
  const each = namespaces.map(async (namespace) => keptIn(tools, namespace))
  return (await Promise.all(each)).flat().map(({ name }) => name)
}

async function keptIn({ networks }: DoctorTools, namespace: string): Promise<readonly Network[]> {
  const kept = await networks(namespace).kept()
  return networksFromFiles(kept).networks.filter(({ managed }) => managed)
}

// By the name of the container that wants it, or else its id.
async function lostIn(
  tools: DoctorTools,
  namespace: string,
  known: readonly Network[],
): Promise<readonly { readonly network: Network; readonly by: string }[]> {
  const containers = tools.containers(namespace)
  const kept = await keptIn(tools, namespace)
  const lost = kept.filter(({ name }) => !known.some((each) => each.name === name))
  if (lost.length === 0) return []
  const read = (await containers.list()).map(async (id) => {
    // A damaged record has a finding of its own, and wants nothing before it is prepared again.
    const json = await containers.read(id, 'vethra.json').catch(onCniError(() => undefined))
    const record = orElse(() => parseRecord(json), undefined)
    return (record?.networks ?? []).flatMap(({ ref }) => {
      const network = findNetwork(lost, ref)
      return network ? [{ network, by: record?.name || id }] : []
    })
  })
  return (await Promise.all(read)).flat()
}

function haveSubnetInCommon(one: Network, other: Network): boolean {
  const theirs = networkSubnets(other)
  return networkSubnets(one).some((each) =>
    theirs.some(({ subnet }) => areOverlapping(each.subnet, subnet)),
  )
}
