import { formatPorts, type PortMapping } from '@vethra/container'
import { type ContainerRow, containerFilter } from './container-filter.ts'
import type { KnownContainer, KnownTools } from './container-state.ts'
import { shownContainers } from './others.ts'
import { publishedPorts } from './published-ports.ts'
import { type ShownState, shownState } from './shown-state.ts'

/** Containers that pass filters, whatever their state, by id; then those of others. Throws CniError 103 for a wrong filter. */
export async function listContainers(
  tools: KnownTools,
  filters: readonly string[] = [],
): Promise<readonly ContainerRow[]> {
  const passes = containerFilter(filters)
  const rows = await Promise.all(
    (await shownContainers(tools)).map(async (each) =>
      asRow(each, await publishedPorts(tools, each), await shownState(tools.host, each)),
    ),
  )
  return rows.filter(passes)
}

function asRow(
  { id, record, names, attachments }: KnownContainer,
  ports: readonly PortMapping[],
  state: ShownState,
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
