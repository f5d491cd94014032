import { formatPorts } from '@vethra/ports'
import { type ContainerState, type KnownContainer, readContainers } from './container-state.ts'
import type { ManageTools } from './tools.ts'

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
  return (await readContainers(tools)).map(asRow)
}

function asRow({ id, record, names, attachments, state }: KnownContainer): ContainerRow {
  const asked = record?.networks.map(({ ref }) => ref) ?? Object.keys(names?.networks ?? {})
  const results = Object.values(names?.networks ?? {})
  return {
    ID: id,
    Name: names?.name || record?.name || '',
    Networks: attachments.length > 0 ? attachments.map(({ network }) => network) : asked,
    Addresses: results.flatMap(({ ips }) => ips.map(({ address }) => address)),
    Ports: formatPorts(record?.ports ?? []),
    State: state,
  }
}
