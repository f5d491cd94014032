import { formatAddress } from '@vethra/address'
import type { ContainerRef, Result } from '@vethra/cni'
import {
  type BundleRecord,
  capabilityMappings,
  containerNames,
  type PortMapping,
  parseRecord,
  readSocket,
} from '@vethra/container'
import { findNetwork } from '@vethra/networks'
import type { HostsFolders, HostsStore } from '@vethra/world'
import { resultOf } from '../attach/cached-list.ts'
import { recordsOf } from '../attach/container-records.ts'
import { isAlive } from '../attach/life.ts'
import { byInterface } from '../attach/membership.ts'
import { publishHeld } from '../attach/publish.ts'
import { insidePorts } from '../rootless/inside-ports.ts'
import { type Appliers, ended } from './appliers.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { readNetworks } from './read-networks.ts'

/** The repairs of what containers have on disk and hold of the host: names, hosts files, mounted files and ports. */
export const containerAppliers: Pick<
  Appliers,
  | 'claim-name'
  | 'forget-names'
  | 'forget-start'
  | 'hold-ports'
  | 'publish-ports'
  | 'release-name'
  | 'release-ports'
  | 'remove-hosts'
  | 'restore-files'
  | 'restore-names'
> = {
  'forget-names': (tools, _, all) => inEach(tools, all, (hosts, ids) => hosts.release(...ids)),
  'forget-start': (tools, { namespace, id }) => tools.forget(namespace, id),
  'remove-hosts': (tools, _, all) => inEach(tools, all, (hosts, ids) => hosts.remove(...ids)),
  'release-name': ({ containers }, { namespace, name, id }) =>
    containers(namespace).releaseName(name, id),
  'claim-name': ({ containers }, { namespace, name, id }) =>
    containers(namespace).claimName(name, id),

  // By what was decided for it and by what its attachments returned.
  async 'restore-names'(tools, ref) {
    const record = await recordOf(tools, ref)
    const results = await resultsOf(tools, ref)
    if (record === undefined || results.size === 0) return ended
    const { networks } = await readNetworks(tools, [ref.namespace])
    const joined = record.networks.map((each) =>
      results.get(findNetwork(networks, each.ref)?.name ?? each.ref),
    )
    return (await tools.hosts(ref.namespace)).acquire(containerNames(record, joined))
  },

  // Throws CniError 5 for a folder that holds something.
  async 'restore-files'(tools, { namespace, id, files }) {
    const record = await recordOf(tools, { namespace, id })
    if (record === undefined) return ended
    for (const file of files) await tools.files.remove(file)
    const { networks } = await readNetworks(tools, [namespace])
    await tools.writeMounted(namespace, record, networks)
    const hosts = await tools.hosts(namespace)
    const names = await hosts.read(id)
    return names && hosts.acquire(names)
  },

  'release-ports': ({ ports }, { containerId, sockets }) =>
    ports.release({ containerId, ports: sockets.flatMap(asMapping) }),

  // Throws CniError 102 that names who has one meanwhile.
  async 'hold-ports'(tools, ref) {
    const decided = await recordOf(tools, ref)
    const [record] = await recordsOf(tools.host.records, ref)
    const pid = Number(/^\/proc\/(\d+)\/ns\/net$/.exec(record?.netns ?? '')?.[1])
    if (decided === undefined || !record || Number.isNaN(pid)) return ended
    const { containerId, startTime } = record
    const init = { pid, ...(startTime === undefined ? {} : { startTime }) }
    const hold = await tools.ports.hold({ containerId, ...init, ports: decided.ports })
    return hold.settled()
  },

  // By the first of its networks that can, where none does.
  async 'publish-ports'(tools, ref) {
    const { host } = tools
    const record = await recordOf(tools, ref)
    if (record === undefined) return ended
    const keys = (await recordsOf(host.records, ref)).toSorted(byInterface)
    const ports = await insidePorts(host, record.ports)
    const outcome = await publishHeld(host, keys, capabilityMappings(ports))
    return outcome === 'published' ? undefined : 'no network of it can'
  },
}

async function recordOf(
  { containers }: DoctorTools,
  { namespace, id }: ContainerRef,
): Promise<(BundleRecord & { readonly id: string }) | undefined> {
  const file = await containers(namespace).read(id, 'vethra.json')
  return file === undefined ? undefined : { ...parseRecord(file), id }
}

async function inEach(
  tools: DoctorTools,
  all: readonly ContainerRef[],
  work: (hosts: HostsStore & HostsFolders, ids: readonly string[]) => Promise<void>,
): Promise<void> {
  for (const [namespace, refs] of Map.groupBy(all, (each) => each.namespace))
    await work(
      await tools.hosts(namespace),
      refs.map(({ id }) => id),
    )
}

async function resultsOf(
  { host }: DoctorTools,
  ref: ContainerRef,
): Promise<ReadonlyMap<string, Result>> {
  const results = new Map<string, Result>()
  for (const record of await recordsOf(host.records, ref)) {
    const cached = (await isAlive(host, record)) ? await host.cache.read(record) : undefined
    const result = resultOf(cached)
    if (result) results.set(record.network, result)
  }
  return results
}

function asMapping(socket: string): readonly PortMapping[] {
  const read = readSocket(socket)
  if (read === undefined) return []
  const { protocol, address, port } = read
  return [{ protocol, hostIP: formatAddress(address), hostPort: port, containerPort: port }]
}
