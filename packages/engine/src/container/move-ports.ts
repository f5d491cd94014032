import { CniError } from '@vethra/cni'
import { capabilityMappings, formatPorts } from '@vethra/container'
import { publishPorts } from '../attach/publish.ts'
import type { ManageTools } from '../network/tools.ts'
import { insidePorts } from '../rootless/inside-ports.ts'
import type { KnownContainer } from './container-state.ts'

/** Moves the ports of a running container to the next network that can publish them, once it has left one. Returns warnings. */
export async function movePorts(
  { host }: ManageTools,
  { id, record, attachments, state }: KnownContainer,
  left: string,
): Promise<readonly string[]> {
  const ports = record?.ports ?? []
  if (ports.length === 0 || state !== 'running') return []
  const others = attachments.filter(({ network }) => network !== left)
  const inside = capabilityMappings(await insidePorts(host, ports))
  const outcome = await publishPorts(host, others, inside).catch((cause: unknown) => {
    throw notMoved(id, left, cause)
  })
  if (outcome !== 'impossible') return []
  const closed = `no network of container ${id} publishes its ports any more`
  return [`${closed}: ${formatPorts(ports)}`]
}

function notMoved(id: string, left: string, cause: unknown): unknown {
  if (!(cause instanceof CniError)) return cause
  return new CniError({
    code: cause.code,
    message: `cannot publish the ports of container ${id} again after it left network ${left}`,
    hint: 'Publish them with "vethra doctor --repair".',
    cause,
  })
}
