import { isHostToken } from './check-host.ts'
import type { ContainerNames } from './container-names.ts'
import { hostAddress } from './host-address.ts'
import { type HostEntry, hostLine } from './host-entry.ts'
import { blockOf, type LineBlock } from './line-block.ts'
import type { NameBook } from './name-book.ts'
import { peerBlocks } from './peer-group.ts'

const localhost = [
  '127.0.0.1\tlocalhost localhost.localdomain',
  '::1\t\tlocalhost localhost.localdomain',
]

/** The lines between the markers of a hosts file: localhost, own names, extra hosts, then peers by address, without names used before. */
export function managedBlocks(names: ContainerNames, book: NameBook): readonly LineBlock[] {
  const own = book.byId.get(names.id) ?? []
  const extra = names.extraHosts.filter(
    ([name, address]) => isHostToken(name) && hostAddress(address) !== undefined,
  )
  const first = [
    ...localhost,
    ...own.map(({ line }) => line),
    ...extra.map(([name, address]) => hostLine(address, [name])),
  ]
  const taken = [...own.flatMap((entry) => entry.names), ...extra.map(([name]) => name)]
  const lowered = new Set(taken.map((name) => name.toLowerCase()))
  return [blockOf([...new Set(first)]), ...peers(names, { own, taken: lowered }, book)]
}

function peers(
  { networks }: ContainerNames,
  { own, taken }: { readonly own: readonly HostEntry[]; readonly taken: ReadonlySet<string> },
  book: NameBook,
): readonly LineBlock[] {
  const refs = Object.keys(networks ?? {})
  const keys = new Set(refs.map((ref) => book.networks.keys.get(ref) ?? ref))
  const gone = own.flatMap(({ claim }) => book.byClaim.get(claim) ?? [])
  const disputed = [...taken].flatMap((name) => book.byName.get(name) ?? [])
  return peerBlocks(book.peersIn([...keys]), { gone: new Set(gone), taken, disputed })
}
