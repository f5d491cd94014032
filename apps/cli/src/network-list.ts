import { explain } from '@vethra/cni'
import { listNetworks, type NetworkRow } from '@vethra/engine'
import { networkModes } from '@vethra/networks'
import type { Io } from '@vethra/world'
import type { Call } from './call.ts'
import { type ListFlags, noFlags, printListing } from './listing.ts'
import type { Tools } from './open-world.ts'
import { openNetworks } from './open-world.ts'
import { flatShape, type ShapeOf } from './shape.ts'

/** `network ls` without flags. */
export async function list(call: Call): Promise<void> {
  await printNetworks(await openNetworks(call), noFlags, call.io)
}

/** Prints the networks; for people the modes, too. A broken conf file is reported on standard error, and hides no network. */
export async function printNetworks(
  tools: Pick<Tools, 'networks'>,
  flags: ListFlags,
  io: Io,
): Promise<void> {
  const { rows, faults } = await listNetworks(tools, flags.filter)
  for (const line of faults.flatMap((fault) => explain(fault, 'warning'))) io.complain(line)
  const id = ({ ID }: NetworkRow) => (flags.trunc ? ID.slice(0, 12) : ID)
  if (flags.quiet) {
    for (const each of rows) if (each.ID !== '') io.print(id(each))
    return
  }
  // What is not ours has no id of ours: who made it stands there.
  const mark = (each: NetworkRow) => (each.Managed ? id(each) : `(${each.Origin})`)
  const row = (each: NetworkRow) => [mark(each), each.Name, each.Driver, each.File]
  const header = ['NETWORK ID', 'NAME', 'DRIVER', 'FILE']
  const more = flags.filter.length > 0 ? [] : networkModes.map((mode) => ['(mode)', mode, '', ''])
  const titles = { ID: 'NETWORK ID' }
  const listing = { items: rows, shape: networkShape, header, row, more, titles }
  printListing({ ...listing, whole: !flags.trunc }, flags.format, io)
}

// The fields that a template may name.
const networkShape: ShapeOf<NetworkRow> = {
  fields: {
    ...flatShape('ID', 'Name', 'Driver', 'File', 'Managed', 'Origin').fields,
    Labels: { map: 'value' },
  },
}
