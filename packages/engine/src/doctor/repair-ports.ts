import { formatAddress } from '@vethra/address'
import { guards } from '@vethra/cni'
import { capabilityMappings, type PortMapping, parseRecord, readSocket } from '@vethra/container'
import type { Repair } from '@vethra/findings'
import { byInterface } from '../attach/by-interface.ts'
import { publishPorts } from '../attach/publish.ts'
import { recordsOf } from '../attach/whose.ts'
import { isAlive } from './alive.ts'
import { holding, isAttached } from './container-lock.ts'
import type { DoctorTools } from './doctor-tools.ts'
import type { RepairResult } from './repair-result.ts'

/** Frees the ports that are held for a container that is attached to nothing. */
export async function releasePorts(
  tools: DoctorTools,
  { containerId, sockets }: Extract<Repair, { kind: 'release-ports' }>,
): Promise<RepairResult> {
  const { host, ports } = tools
  return host.lock.hold(guards.attachment(host.places, containerId), async () => {
    if (await isAttached(tools, containerId)) return 'the container is attached'
    await ports.release({ containerId, ports: sockets.flatMap(asMapping) })
    return undefined
  })
}

/** Holds the published ports of a running container again. Throws CniError 102 that names who has one meanwhile. */
export async function holdPorts(
  tools: DoctorTools,
  { namespace, id }: Extract<Repair, { kind: 'hold-ports' }>,
): Promise<RepairResult> {
  const { host, ports } = tools
  return holding(tools, { namespace, id }, async ({ containers }) => {
    const file = await containers.read(id, 'vethra.json')
    if (file === undefined) return 'it no longer exists'
    const [record] = await recordsOf(host.records, { namespace, id })
    const pid = Number(/^\/proc\/(\d+)\/ns\/net$/.exec(record?.netns ?? '')?.[1])
    if (!record || Number.isNaN(pid) || !(await isAlive(host, record))) return 'it is not running'
    const { containerId } = record
    if ((await ports.list()).some((each) => each.containerId === containerId && each.alive)) {
      return 'they are held'
    }
    const { startTime } = record
    const init = { pid, ...(startTime === undefined ? {} : { startTime }) }
    const wanted = parseRecord(file).ports
    const reservation = await ports.hold({ containerId, ...init, ports: wanted })
    await reservation.settled()
    return undefined
  })
}

/** Publishes the ports of a running container through the first of its networks that can, where none does. */
export async function publishAgain(
  { host, inNamespace }: DoctorTools,
  { namespace, id }: Extract<Repair, { kind: 'publish-ports' }>,
): Promise<RepairResult> {
  const { containers } = await inNamespace(namespace)
  const file = await containers.read(id, 'vethra.json')
  if (file === undefined) return 'it no longer exists'
  const keys = [...(await recordsOf(host.records, { namespace, id }))].sort(byInterface)
  const outcome = await publishPorts(host, keys, capabilityMappings(parseRecord(file).ports))
  return outcome === 'published' ? undefined : 'they are published, or no network of it can'
}

function asMapping(socket: string): readonly PortMapping[] {
  const read = readSocket(socket)
  if (read === undefined) return []
  const { protocol, address, port } = read
  return [{ protocol, hostIP: formatAddress(address), hostPort: port, containerPort: port }]
}
