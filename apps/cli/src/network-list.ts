import { filterNetworks, type Network, networksFromFiles } from '@vethra/networks'
import { explain } from '@vethra/spec'
import type { Io } from './io.ts'
import { printListing } from './listing.ts'
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
    return
  }
  const row = (each: NetworkRow) => [
    flags.trunc ? each.ID.slice(0, 12) : each.ID,
    each.Name,
    each.Driver,
    each.File,
  ]
  const header = ['NETWORK ID', 'NAME', 'DRIVER', 'FILE']
  printListing({ items: shown.map(asRow), header, row }, flags.format, io)
}

interface NetworkRow {
  readonly ID: string
  readonly Name: string
  readonly Driver: string
  readonly Labels: Readonly<Record<string, string>>
  readonly File: string
  readonly Managed: boolean
}

function asRow(network: Network): NetworkRow {
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
