import { formatPorts } from '@vethra/ports'
import { type KnownContainer, readContainers } from './container-state.ts'
import { unsupported } from './flags.ts'
import type { Io } from './io.ts'
import { table } from './table.ts'
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
  } else if (flags.format === 'json') {
    io.print(JSON.stringify(containers.map(asJson), null, 2))
  } else if (flags.format === 'table') {
    const rows = containers.map((each) => {
      const { ID, Name, Networks, Addresses, Ports, State } = asJson(each)
      return [short(ID), Name, Networks.join(','), Addresses.join(','), Ports, State]
    })
    const header = ['CONTAINER ID', 'NAME', 'NETWORKS', 'ADDRESSES', 'PORTS', 'STATE']
    for (const line of table(header, rows, io.terminal)) io.print(line)
  } else {
    throw unsupported('--format', flags.format, 'table or json')
  }
}

function asJson({ id, record, names, attachments, state }: KnownContainer) {
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
