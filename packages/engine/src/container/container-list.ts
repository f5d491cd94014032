import { formatPorts, type PortMapping } from '@vethra/container'
import type { ManageTools } from '../network/tools.ts'
import { type ContainerState, type KnownContainer, readContainers } from './container-state.ts'
import { publishedPorts } from './published-ports.ts'

/** A container as `container ls` shows it. */
export interface ContainerRow {
  readonly ID: string
  readonly Name: string
  readonly Networks: readonly string[]
  readonly Addresses: readonly string[]
  readonly Ports: string
  readonly State: ContainerState
}

/** The containers that Vethra knows, whatever their state, by id. */
export async function listContainers(tools: ManageTools): Promise<readonly ContainerRow[]> {
  const containers = await readContainers(tools)
  return Promise.all(containers.map(async (each) => asRow(each, await publishedPorts(tools, each))))
}

function asRow(
  { id, record, names, attachments, state }: KnownContainer,
  ports: readonly PortMapping[],
): ContainerRow {
  const asked = record?.networks.map(({ ref }) => ref) ?? Object.keys(names?.networks ?? {})
  const results = Object.values(names?.networks ?? {})
  return {
    ID: id,
    Name: names?.name || record?.name || '',
    Networks: attachments.length > 0 ? attachments.map(({ network }) => network) : asked,
    Addresses: results.flatMap(({ ips }) => ips.map(({ address }) => address)),
    Ports: formatPorts(ports),
    State: state,
  }
}
