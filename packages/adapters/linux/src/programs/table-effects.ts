import { effectsFrom, type PlacedElement } from '@vethra/firewall'
import type { State } from '@vethra/state'
import type { ListedTable } from './nft-table.ts'

/** The effects that the elements of our table bear marks of. */
export function tableEffects(table: ListedTable | undefined): State {
  const placed = [...(table?.elements ?? [])].flatMap(([set, elements]) =>
    elements.map((element): PlacedElement => ({ set, element: withLength(set, element) })),
  )
  return effectsFrom(placed)
}

// nft(8) prints the prefix of one address without its length.
function withLength(set: string, element: PlacedElement['element']): PlacedElement['element'] {
  const isPrefixed = set.startsWith('nets') || set.startsWith('masq')
  const whole = set.endsWith('4') ? '/32' : '/128'
  const key = element.key.map((field) => (field.includes('/') ? field : `${field}${whole}`))
  return isPrefixed ? { ...element, key } : element
}
