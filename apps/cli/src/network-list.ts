import { filterNetworks, type Network, networksFromFiles } from '@vethra/networks'
import { explain } from '@vethra/spec'
import { unsupported } from './flags.ts'
import type { Io } from './io.ts'
import { table } from './table.ts'
import type { Tools } from './tools.ts'

/** What `network ls` is asked for. */
export interface ListFlags {
  readonly quiet: boolean
  readonly trunc: boolean
  readonly filter: readonly string[]
  readonly format: string
}

/** Lists networks. A conf file that cannot be used is told of on standard error, and hides no network. */
export async function listNetworks(tools: Tools, flags: ListFlags, io: Io): Promise<void> {
  const { networks, faults } = networksFromFiles(await tools.networks.list())
  const shown = filterNetworks(networks, flags.filter)
  for (const fault of faults)
    io.complain(
      explain(fault)
        .join('\n')
        .replace(/^error/, 'warning'),
    )
  if (flags.quiet) {
    for (const network of shown) if (network.id) io.print(shortened(network, flags))
  } else if (flags.format === 'json') {
    io.print(JSON.stringify(shown.map(asJson), null, 2))
  } else if (flags.format === 'table') {
    const rows = shown.map((each) => [shortened(each, flags), each.name, driverOf(each), each.file])
    for (const line of table(['NETWORK ID', 'NAME', 'DRIVER', 'FILE'], rows, io.terminal))
      io.print(line)
  } else {
    throw unsupported('--format', flags.format, 'table or json')
  }
}

function asJson(network: Network): object {
  const { id, name, labels, file, managed } = network
  return {
    ID: id ?? '',
    Name: name,
    Driver: driverOf(network),
    Labels: labels,
    File: file,
    Managed: managed,
  }
}

function driverOf({ list }: Network): string {
  return list.plugins[0]?.type ?? ''
}

function shortened({ id = '' }: Network, { trunc }: ListFlags): string {
  return trunc ? id.slice(0, 12) : id
}
