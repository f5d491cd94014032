import { formatPorts, type PortMapping } from '@vethra/container'
import type { ManageTools } from '../network/tools.ts'
import { containerFilter } from './container-filter.ts'
import type { ContainerRow } from './container-row.ts'
import { type KnownContainer, readContainers } from './container-state.ts'
import { podsOf } from './pods.ts'
import { publishedPorts } from './published-ports.ts'

/**
 * The containers that Vethra knows and that filters let through, whatever their state, by id; then the pods. Throws
 * CniError 103 for a filter that is none.
 */
export async function listContainers(
  tools: ManageTools,
  filters: readonly string[] = [],
): Promise<readonly ContainerRow[]> {
  const passes = containerFilter(filters)
  const containers = await readContainers(tools)
  const ids = new Set(containers.map(({ id }) => id))
  const pods = (await podsOf(tools)).filter(({ id }) => !ids.has(id))
  const rows = await Promise.all(
    [...containers, ...pods].map(async (each) => asRow(each, await publishedPorts(tools, each))),
  )
  return rows.filter(passes)
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
