import { listNetworks, type NetworkRow } from '@vethra/manage'
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

/** Prints the networks. A conf file that cannot be used is told of on standard error, and hides no network. */
export async function printNetworks(tools: Tools, flags: ListFlags, io: Io): Promise<void> {
  const { rows, faults } = await listNetworks(tools, flags.filter)
  for (const fault of faults)
    io.complain(
      explain(fault)
        .join('\n')
        .replace(/^error/, 'warning'),
    )
  const id = ({ ID }: NetworkRow) => (flags.trunc ? ID.slice(0, 12) : ID)
  if (flags.quiet) {
    for (const each of rows) if (each.ID !== '') io.print(id(each))
    return
  }
  const row = (each: NetworkRow) => [id(each), each.Name, each.Driver, each.File]
  const header = ['NETWORK ID', 'NAME', 'DRIVER', 'FILE']
  printListing({ items: rows, header, row }, flags.format, io)
}
