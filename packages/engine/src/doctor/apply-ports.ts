import { formatAddress } from '@vethra/address'
import { capabilityMappings, type PortMapping, parseRecord, readSocket } from '@vethra/container'
import type { RepairOf } from '@vethra/findings'
import { byInterface } from '../attach/by-interface.ts'
import { publishHeld } from '../attach/publish.ts'
import { recordsOf } from '../attach/whose.ts'
import { insidePorts } from '../rootless/inside-ports.ts'
import { type Applied, ended } from './applied.ts'
import type { DoctorTools } from './doctor-tools.ts'

/** Frees the ports that are held for a container that is attached to nothing. */
export async function releasePorts(
  { ports }: DoctorTools,
  { containerId, sockets }: RepairOf<'release-ports'>,
): Promise<void> {
  await ports.release({ containerId, ports: sockets.flatMap(asMapping) })
}

/** Holds the published ports of a running container again. Throws CniError 102 that names who has one meanwhile. */
export async function holdPorts(
  { host, ports, inNamespace }: DoctorTools,
  { namespace, id }: RepairOf<'hold-ports'>,
): Promise<Applied> {
  const file = await (await inNamespace(namespace)).containers.read(id, 'vethra.json')
  const [record] = await recordsOf(host.records, { namespace, id })
  const pid = Number(/^\/proc\/(\d+)\/ns\/net$/.exec(record?.netns ?? '')?.[1])
  if (file === undefined || !record || Number.isNaN(pid)) return ended
  const { containerId, startTime } = record
  const init = { pid, ...(startTime === undefined ? {} : { startTime }) }
  const reservation = await ports.hold({ containerId, ...init, ports: parseRecord(file).ports })
  await reservation.settled()
}

/** Publishes the ports of a running container through the first of its networks that can, where none does. */
export async function publishAgain(
  { host, inNamespace }: DoctorTools,
  { namespace, id }: RepairOf<'publish-ports'>,
): Promise<Applied> {
  const file = await (await inNamespace(namespace)).containers.read(id, 'vethra.json')
  if (file === undefined) return ended
  const keys = [...(await recordsOf(host.records, { namespace, id }))].sort(byInterface)
  const ports = await insidePorts(host, parseRecord(file).ports)
  const outcome = await publishHeld(host, keys, capabilityMappings(ports))
  return outcome === 'published' ? undefined : 'no network of it can'
}

function asMapping(socket: string): readonly PortMapping[] {
  const read = readSocket(socket)
  if (read === undefined) return []
  const { protocol, address, port } = read
  return [{ protocol, hostIP: formatAddress(address), hostPort: port, containerPort: port }]
}
