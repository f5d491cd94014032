import { type ContainerRow, type KnownTools, listContainers } from '@vethra/engine'
import type { Io } from '@vethra/world'
import type { Call } from './call.ts'
import { type ListFlags, noFlags, printListing } from './listing.ts'
import { openContainers } from './open-world.ts'
import { flatShape, type ShapeOf } from './shape.ts'

/** `container ls` without flags. */
export async function list(call: Call): Promise<void> {
  await printContainers(await openContainers(call), noFlags, call.io)
}

/** Prints the containers that Vethra knows, whatever their state. */
export async function printContainers(tools: KnownTools, flags: ListFlags, io: Io): Promise<void> {
  const containers = await listContainers(tools, flags.filter)
  const short = (id: string) => (flags.trunc ? id.slice(0, 12) : id)
  if (flags.quiet) {
    for (const { ID } of containers) io.print(short(ID))
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
  const titles = { ID: 'CONTAINER ID' }
  const listing = { items: containers, shape: containerShape, header, row, titles }
  printListing({ ...listing, whole: !flags.trunc }, flags.format, io)
}

// The fields that a template may name.
const containerShape: ShapeOf<ContainerRow> = {
  fields: {
    ...flatShape('ID', 'Name').fields,
    Networks: { list: 'value' },
    Addresses: { list: 'value' },
    ...flatShape('Ports', 'State').fields,
  },
}
