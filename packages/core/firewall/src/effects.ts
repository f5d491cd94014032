import { familyOf, present } from '@vethra/cni'
import type { NftElement, NftOp, NftType } from '@vethra/netlink'
import {
  type Admit,
  type Effect,
  effectKinds,
  type Isolate,
  type Owned,
  ownerMark,
  type Publish,
} from '@vethra/state'
import { sets, vethraTable } from './vethra-table.ts'

/** An element, and the set of the table that it is in. */
export interface PlacedElement {
  readonly set: string
  readonly element: NftElement
}

/** Whether a resource is an effect of the firewall. */
export function isEffect(resource: Owned['resource']): resource is Effect {
  return effectKinds.includes(resource.kind)
}

/** The elements that an effect is made of, each with its owner's mark. */
export function elementsOf(effect: Effect, owner: Owned['owner']): readonly PlacedElement[] {
  const comment = ownerMark(owner)
  return placed(effect, owner).map(({ set, element }) => ({
    set,
    element: { ...element, comment },
  }))
}

function placed(effect: Effect, owner: Owned['owner']): readonly PlacedElement[] {
  if (effect.kind === 'publish') return publishElements(effect)
  if (effect.kind === 'admit') return admitElements(effect, owner)
  if (effect.kind === 'isolate') return [isolateElement(effect)]
  if (effect.kind === 'published masquerade')
    return [{ set: `seen${familyOf(effect.address)}`, element: { key: [effect.address] } }]
  const { subnet } = effect
  return [{ set: `masq${familyOf(subnet)}`, element: { key: [subnet] } }]
}

function isolateElement({ bridge, from }: Isolate): PlacedElement {
  const isPair = from === 'apart' || from === 'dnsonly'
  return { set: from, element: { key: isPair ? [bridge, bridge] : [bridge] } }
}

function publishElements(effect: Publish): readonly PlacedElement[] {
  const { protocol, hostAddress, hostPort, address, port, source, from } = effect
  const family = familyOf(address)
  const every = family === 4 ? '0.0.0.0/0' : '::/0'
  const key = [protocol, String(hostPort)]
  const data = [address, String(port)]
  if (source !== undefined) {
    const ends = [source, hostAddress ?? every, ...key]
    if (from === undefined) return [{ set: `c${family}`, element: { key: ends, data } }]
    if (!from.startsWith('!'))
      return [{ set: `i${family}`, element: { key: [from, ...ends], data } }]
    const but = { set: `x${family}`, element: { key: [from.slice(1), ...ends] } }
    return [{ set: `c${family}`, element: { key: ends, data } }, but]
  }
  return hostAddress === undefined
    ? [{ set: `p${family}`, element: { key, data } }]
    : [{ set: `a${family}`, element: { key: [hostAddress, ...key], data } }]
}

/** The port that an element of a map publishes; undefined for an element of another set. */
export function publishOf({ key, data }: Pick<NftElement, 'key' | 'data'>): Publish | undefined {
  const [hostPort, protocol, hostAddress, source, from] = key.toReversed()
  const [address, port] = data ?? []
  const known = protocols.find((each) => each === protocol)
  if (known === undefined || address === undefined) return undefined
  const numbers = { hostPort: Number(hostPort), port: Number(port) }
  const clients = { hostAddress, source, from }
  return { kind: 'publish', protocol: known, address, ...numbers, ...present(clients) }
}

const protocols = ['tcp', 'udp', 'sctp'] as const

// What leads to a container alone is the container's, a bridge its network's.
function admitElements(
  { bridge, subnets }: Admit,
  { kind }: Owned['owner'],
): readonly PlacedElement[] {
  const ofBridge: readonly PlacedElement[] = [
    { set: 'bridges', element: { key: [bridge] } },
    { set: 'same', element: { key: [bridge, bridge] } },
  ]
  return [
    ...(bridge === '' ? [] : ofBridge),
    ...subnets.flatMap((subnet) => [
      { set: `nets${familyOf(subnet)}`, element: { key: [subnet] } },
      { set: `self${familyOf(subnet)}`, element: { key: [subnet, subnet] } },
      ...(kind === 'attachment'
        ? [{ set: `routed${familyOf(subnet)}`, element: { key: [subnet] } }]
        : []),
    ]),
  ]
}

/** The operations that add elements, or delete them: one for each set, in the table's order. */
export function elementOps(
  kind: 'add elements' | 'delete elements',
  elements: readonly PlacedElement[],
): readonly NftOp[] {
  const used = new Set(elements.map(({ set }) => set))
  return sets
    .filter(({ set }) => used.has(set))
    .map(({ set, key, data, interval }) => {
      const inside = elements.filter((each) => each.set === set).map(({ element }) => element)
      const common = { ...vethraTable, kind, set, key, elements: inside }
      return { ...common, ...present({ data, interval }) }
    })
}

const shapes = new Map(sets.map((shape) => [shape.set, shape]))

/** The types of a set's keys and data. Throws RangeError for a set that the table has not. */
export function shapeOf(set: string): {
  readonly key: readonly NftType[]
  readonly data?: readonly NftType[]
  readonly interval?: boolean
} {
  const shape = shapes.get(set)
  if (shape === undefined) throw new RangeError(`table vethra has no set ${set}`)
  return shape
}
