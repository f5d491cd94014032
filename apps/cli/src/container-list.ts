import { type ContainerRow, listContainers } from '@vethra/engine'
import type { Io } from '@vethra/world'
import { printListing } from './listing.ts'
import { containerShape } from './shapes.ts'
import type { Tools } from './tools.ts'

/** The options of `container ls`. */
export interface ContainerListFlags {
  readonly quiet: boolean
  readonly filter: readonly string[]
  readonly trunc: boolean
  readonly format: string
}

/** Prints the containers that Vethra knows, whatever their state. */
export async function printContainers(
  tools: Tools,
  flags: ContainerListFlags,
  io: Io,
): Promise<void> {
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
