import { type QueryRow, queryDns } from '@vethra/engine'
import type { Io, World } from '@vethra/world'
import { printListing } from './listing.ts'
import { queryShape } from './shapes.ts'

/** The question of `dns query`. */
interface Query {
  readonly name: string
  readonly network?: string
  readonly format: string
}

/** Prints what the resolver would tell the host of a name. Throws CniError 101 when there is no answer. */
export async function printQuery(
  world: World,
  { name, network, format }: Query,
  io: Io,
): Promise<void> {
  const items = await queryDns(world, name, network)
  const header = ['NAME', 'TYPE', 'TTL', 'DATA']
  const row = ({ Name, Type, TTL, Data }: QueryRow) => [Name, Type, String(TTL), Data]
  printListing({ items, shape: queryShape, header, row }, format, io)
}
