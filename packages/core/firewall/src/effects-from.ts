import {
  type Effect,
  isSameOwner,
  type Owned,
  type Owner,
  ownerMark,
  readMark,
  type State,
} from '@vethra/state'
import { type PlacedElement, publishOf } from './effects.ts'
import { sets } from './vethra-table.ts'

const repeating: readonly string[] = ['same', 'self4', 'self6', 'routed4', 'routed6']

/** The sets that effects are read from; what the other sets hold follows from these. */
export const tellingSets: readonly string[] = sets
  .map(({ set }) => set)
  .filter((set) => !repeating.includes(set))

/** The effects that marked elements of the table are made of, each with its owner: `elementsOf` in reverse. */
export function effectsFrom(elements: readonly PlacedElement[]): State {
  const marked = elements.flatMap(({ set, element }) => {
    const owner = readMark(element.comment ?? '')
    return owner === undefined || owner.kind === 'host' ? [] : [{ set, element, owner }]
  })
  const whole = marked.flatMap((each): State => {
    const resource = effectOf(each, marked)
    return resource ? [{ resource, owner: each.owner }] : []
  })
  return [...whole, ...subnetsAlone(marked)]
}

// Of two networks on one bridge, the element of the bridge bears the mark of the first.
function subnetsAlone(marked: readonly Marked[]): State {
  const admitting = marked.filter(({ set }) => set === 'bridges')
  const isAlone = ({ set, owner }: Marked) =>
    set.startsWith('nets') && !admitting.some((each) => isSameOwner(each.owner, owner))
  const owners = marked.filter(isAlone).map(({ owner }) => [ownerMark(owner), owner] as const)
  return [...new Map(owners).values()].map((owner) => ({
    resource: { kind: 'admit', bridge: '', subnets: subnetsOf(owner, marked) },
    owner,
  }))
}

interface Marked extends PlacedElement {
  readonly owner: Owner
}

function effectOf({ set, element, owner }: Marked, all: readonly Marked[]): Effect | undefined {
  const [key = ''] = element.key
  if (element.data) return publishFrom({ set, element, owner }, all)
  if (set === 'masq4' || set === 'masq6') return { kind: 'masquerade', subnet: key }
  if (set === 'seen4' || set === 'seen6') return { kind: 'published masquerade', address: key }
  if (set === 'isolated' || set === 'apart' || set === 'internal' || set === 'dnsonly')
    return { kind: 'isolate', bridge: key, from: set }
  if (set !== 'bridges') return undefined
  return { kind: 'admit', bridge: key, subnets: subnetsOf(owner, all) }
}

// The interface that a port is not for is an element beside it.
function publishFrom({ set, element, owner }: Marked, all: readonly Marked[]): Effect | undefined {
  const port = publishOf(element)
  if (port === undefined || !set.startsWith('c')) return port
  const tail = element.key.join(' ')
  const but = all.find(
    (each) =>
      each.set === set.replace('c', 'x') &&
      isSameOwner(each.owner, owner) &&
      each.element.key.slice(1).join(' ') === tail,
  )
  return but ? { ...port, from: `!${but.element.key[0]}` } : port
}

function subnetsOf(owner: Owned['owner'], all: readonly Marked[]): readonly string[] {
  const own = all.filter((each) => each.set.startsWith('nets') && isSameOwner(each.owner, owner))
  return own.flatMap(({ element }) => element.key).toSorted()
}
