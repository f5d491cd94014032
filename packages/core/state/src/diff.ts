import { type Change, isAsWanted, targetOf } from './change.ts'
import { carrierOf, carriersOf, keyOf } from './key.ts'
import type { Owned, Qdisc, Resource, State } from './resource.ts'

/** The changes from observed to desired, of one scope: removals, users first, then the rest, makers first. Parts of a removed link are omitted. */
export function diff(desired: State, observed: State): readonly Change[] {
  const found = byKey(observed)
  const wanted = byKey(desired)
  const removed = observed.filter(({ resource }) => mustGo(resource, wanted))
  const gone = new Set(removed.flatMap(({ resource }) => carriersOf(resource)))
  const made = desired.flatMap((to) => changeTo(to, found.get(keyOf(to.resource)), gone))
  return [
    ...inOrder(removed, ({ resource }) => -rankOf(resource))
      .filter(({ resource }) => !gone.has(carrierOf(resource) ?? ''))
      .map((from): Change => ({ kind: 'remove', from })),
    ...inOrder(made, (change) => rankOf(targetOf(change).resource)),
  ]
}

/**
 * The resources of a state that are removed by themselves: without those that go with a link of the state, and without settings,
 * which stay as they are.
 */
export function removedAlone(state: State): State {
  const gone = new Set(state.flatMap(({ resource }) => carriersOf(resource)))
  return state.filter(
    ({ resource }) => !isLasting(resource) && !gone.has(carrierOf(resource) ?? ''),
  )
}

/** Whether a change is due where what the kernel lacks need not be: without IPv6 a host has no setting of it. */
export function isDue(change: Change): boolean {
  if (change.kind !== 'make') return true
  const { resource } = change.to
  return resource.kind !== 'sysctl' || resource.optional !== true
}

function byKey(state: State): ReadonlyMap<string, Owned> {
  return new Map(state.map((each) => [keyOf(each.resource), each]))
}

function mustGo(resource: Resource, wanted: ReadonlyMap<string, Owned>): boolean {
  const same = wanted.get(keyOf(resource))
  return same === undefined ? !isLasting(resource) : mustBeMadeAnew(same.resource, resource)
}

// Settings have no absence that could be brought about: a sysctl that nobody wants stays as it is.
function isLasting({ kind }: Resource): boolean {
  return kind === 'sysctl' || kind === 'link settings' || kind === 'bridge port'
}

// A link of another type, a route or a published port that leads elsewhere: the kernel replaces none in place.
function mustBeMadeAnew(wanted: Resource, found: Resource): boolean {
  if (wanted.kind === 'link' && found.kind === 'link')
    return !isAsWanted({ ...found, type: wanted.type }, found)
  const replaced =
    wanted.kind === 'route' ||
    wanted.kind === 'rule' ||
    wanted.kind === 'publish' ||
    wanted.kind === 'address' ||
    (wanted.kind === 'qdisc' && !(isForAll(wanted) && found.kind === 'qdisc' && isForAll(found)))
  return replaced && !isAsWanted(wanted, found)
}

// A limit of all packets takes the place of another.
function isForAll({ does }: Qdisc): boolean {
  return 'rate' in does && does.subnets === undefined
}

function changeTo(
  to: Owned,
  from: Owned | undefined,
  gone: ReadonlySet<string>,
): readonly Change[] {
  const { resource } = to
  const isGone =
    gone.has(carrierOf(resource) ?? '') || carriersOf(resource).some((key) => gone.has(key))
  if (from === undefined || isGone) return [{ kind: 'make', to }]
  if (mustBeMadeAnew(resource, from.resource)) return [{ kind: 'make', to }]
  return isAsWanted(resource, from.resource) ? [] : [{ kind: 'alter', from, to }]
}

const ranks: Readonly<Record<Resource['kind'], number>> = {
  sysctl: 2,
  link: 0,
  'link settings': 3,
  'bridge port': 1,
  'moved link': 1,
  rule: 6,
  qdisc: 3,
  address: 4,
  route: 5,
  admit: 6,
  isolate: 6,
  masquerade: 6,
  'published masquerade': 6,
  publish: 7,
}

// A bridge comes before its ports, a parent before what lies on it; a route behind a gateway before one through it.
function rankOf(resource: Resource): number {
  const rank = ranks[resource.kind] * 10
  if (resource.kind === 'link') return resource.type.name === 'bridge' ? rank : rank + 1
  if (resource.kind === 'route') return resource.gateway === undefined ? rank : rank + 1
  return rank
}

function inOrder<T>(items: readonly T[], rank: (item: T) => number): readonly T[] {
  return items.toSorted((one, other) => rank(one) - rank(other))
}
