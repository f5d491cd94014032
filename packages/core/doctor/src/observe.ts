import type {
  DesiredState,
  ObservedAttachment,
  ObservedReservation,
  ObservedState,
} from '@vethra/model'
import { ipamDataDirs, type Network, networkSubnets, networksFromFiles } from '@vethra/networks'
import type { AttachmentKey } from '@vethra/plan'
import type { CniError } from '@vethra/spec'
import type { DoctorTools } from './doctor-tools.ts'

/** What should be on a host, and what is. */
export interface HostState {
  readonly desired: DesiredState
  readonly observed: ObservedState
}

/** Looks at everything, changing nothing. Throws CniError 5 for what cannot be read at all, 100 for a program that is missing. */
export async function observe(tools: DoctorTools): Promise<HostState> {
  const namespaces = await tools.namespaces()
  const files = (
    await Promise.all(namespaces.map((each) => tools.inNamespace(each).networks.list()))
  ).flat()
  const unique = [...new Map(files.map((each) => [each.file, each])).values()]
  const { networks, faults } = networksFromFiles(unique)
  const [attachments, reservations, signs] = await Promise.all([
    attachmentsOf(tools, namespaces),
    reservationsOf(tools, networks),
    tools.signsOfLife(),
  ])
  return {
    desired: { networks: networks.map(desiredNetwork), containers: [], attachments: [] },
    observed: {
      nowMs: tools.clock.now(),
      attachments,
      reservations,
      signs,
      confFaults: faults.map(confFault),
    },
  }
}

function desiredNetwork(network: Network): DesiredState['networks'][number] {
  return {
    name: network.name,
    file: network.file,
    ours: network.managed,
    subnets: networkSubnets(network).map(({ subnet }) => subnet),
    routed: false,
    isolation: 'none',
    programs: [],
  }
}

function confFault({ message, hint }: CniError): ObservedState['confFaults'][number] {
  const file = /(\/\S*)/.exec(message)?.[1] ?? ''
  return { file, reason: message, ...(hint === undefined ? {} : { hint }) }
}

async function attachmentsOf(
  { host, inNamespace }: DoctorTools,
  namespaces: readonly string[],
): Promise<readonly ObservedAttachment[]> {
  const [records, cached, ids] = await Promise.all([
    host.records.list(),
    host.cache.list(),
    Promise.all(
      namespaces.map(async (each) =>
        (await inNamespace(each).containers.list()).map((id) => `${each}-${id}`),
      ),
    ),
  ])
  const stored = new Set(ids.flat())
  const all = new Map<string, ObservedAttachment>()
  for (const { network, attachment } of cached) {
    const { containerId, ifname, netns } = attachment
    const state =
      netns === '' ? 'unknown' : (await host.netns.idOf(netns)) === '' ? 'gone' : 'unknown'
    const ours = stored.has(containerId)
    const each = { network, containerId, ifname, netns, recorded: false, remembered: true }
    all.set(keyText(each), { ...each, state, ours })
  }
  for (const record of records) {
    const { network, containerId, ifname, netns, netnsId } = record
    const now = await host.netns.idOf(netns)
    const known = now === netnsId ? 'alive' : now === '' ? 'gone' : 'replaced'
    const remembered = all.has(keyText(record))
    const each = { network, containerId, ifname, netns, recorded: true, remembered, ours: true }
    all.set(keyText(record), { ...each, state: netnsId === '' ? 'unknown' : known })
  }
  return [...all.values()]
}

function keyText({ network, containerId, ifname }: AttachmentKey): string {
  return `${network}/${containerId}/${ifname}`
}

async function reservationsOf(
  tools: DoctorTools,
  networks: readonly Network[],
): Promise<readonly ObservedReservation[]> {
  const dataDir = tools.host.places.networks
  const known = (await tools.ipam(dataDir).networks()).map((network) => ({ dataDir, network }))
  const listed = networks.flatMap((network) =>
    ipamDataDirs(network).map((each) => ({ dataDir: each, network: network.name })),
  )
  const places = new Map(
    [...known, ...listed].map((each) => [`${each.dataDir}/${each.network}`, each]),
  )
  const found = await Promise.all(
    [...places.values()].map(async (place) =>
      (await tools.ipam(place.dataDir).list(place.network)).map((reservation) => ({
        ...place,
        reservation,
      })),
    ),
  )
  return found.flat()
}
