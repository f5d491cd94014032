import { formatPorts, type PortMapping } from '@vethra/container'
import { containerFilter } from './container-filter.ts'
import type { ContainerRow } from './container-row.ts'
import { type KnownContainer, type KnownTools, readContainers } from './container-state.ts'
import { foreignOf, isBare } from './others.ts'
import { publishedPorts } from './published-ports.ts'
import { type ShownState, shownState } from './shown-state.ts'

/** Containers that pass filters, whatever their state, by id; then those of others. Throws CniError 103 for a wrong filter. */
export async function listContainers(
  tools: KnownTools,
  filters: readonly string[] = [],
): Promise<readonly ContainerRow[]> {
  const passes = containerFilter(filters)
  const others = await foreignOf(tools)
  const theirs = new Set(others.map(({ id }) => id))
  const containers = (await readContainers(tools)).filter(
    (each) => !(isBare(each) && theirs.has(each.id)),
  )
  const ids = new Set(containers.map(({ id }) => id))
  const rows = await Promise.all(
    [...containers, ...others.filter(({ id }) => !ids.has(id))].map(async (each) =>
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
