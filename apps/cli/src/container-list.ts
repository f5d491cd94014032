import { formatPorts } from '@vethra/ports'
import { type KnownContainer, readContainers } from './container-state.ts'
import type { Io } from './io.ts'
import { printListing } from './listing.ts'
import type { Tools } from './tools.ts'

/** What `container ls` is asked for. */
export interface ContainerListFlags {
  readonly quiet: boolean
  readonly trunc: boolean
  readonly format: string
}

/** Lists the containers that Vethra knows, whatever their state. */
export async function listContainers(
  tools: Tools,
  flags: ContainerListFlags,
  io: Io,
): Promise<void> {
  const containers = await readContainers(tools)
  const short = (id: string) => (flags.trunc ? id.slice(0, 12) : id)
  if (flags.quiet) {
    for (const { id } of containers) io.print(short(id))
    return
  }
  const header = ['CONTAINER ID', 'NAME', 'NETWORKS', 'ADDRESSES', 'PORTS', 'STATE']
  const row = (each: ContainerRow) => [
    short(each.ID),
    each.Name,
    each.Networks.join(','),
    each.Addresses.join(','),
    each.Ports,
    each.State,
  ]
  printListing({ items: containers.map(asRow), header, row }, flags.format, io)
}

interface ContainerRow {
  readonly ID: string
  readonly Name: string
  readonly Networks: readonly string[]
  readonly Addresses: readonly string[]
  readonly Ports: string
  readonly State: string
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
