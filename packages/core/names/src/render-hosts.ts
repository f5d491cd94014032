import type { ContainerNames } from './container-names.ts'
import { managedBlocks } from './managed-blocks.ts'
import { nameBook } from './name-book.ts'
import { begin, end, outside } from './region.ts'

/** A container's hosts file: `old` with its managed part replaced or appended, the rest kept. Only peers that share a network show. */
export function renderHosts(
  old: string,
  names: ContainerNames,
  peers: readonly ContainerNames[],
): string {
  const others = peers.filter(({ id }) => id !== names.id)
  const blocks = managedBlocks(names, nameBook([names, ...others]))
  const { before, behind } = outside(old)
  const head = before === '' || before.endsWith('\n') ? before : `${before}\n`
  const body = blocks.map(({ text }) => text).join('')
  return `${head}${begin}\n${body}${end}\n${behind}`
}
