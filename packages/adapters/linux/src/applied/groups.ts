import { elementsOf, isEffect, type PlacedElement } from '@vethra/firewall'
import { type Admit, type Change, type Effect, targetOf } from '@vethra/state'

/** Where a change goes: those of one channel that follow each other go together. */
type Channel = 'firewall' | 'sysctl host' | 'sysctl container' | 'route'

/** The channel of a change: the firewall's table, /proc/sys of a namespace, or rtnetlink. */
export function channelOf(change: Change): Channel {
  const { resource } = targetOf(change)
  if (isEffect(resource)) return 'firewall'
  return resource.kind === 'sysctl' ? `sysctl ${resource.place}` : 'route'
}

/** The elements of table `inet vethra` that the changes of some kinds are about; each of them is of an effect. */
export function elementsIn(
  group: readonly Change[],
  ...kinds: readonly Change['kind'][]
): readonly PlacedElement[] {
  return group
    .filter(({ kind }) => kinds.includes(kind))
    .map(targetOf)
    .flatMap(({ resource, owner }) => elementsOf(resource as Effect, owner))
}

/** The admissions that changes are about. */
export function admitsIn(changes: readonly Change[]): readonly Admit[] {
  return changes.flatMap((change) => {
    const { resource } = targetOf(change)
    return resource.kind === 'admit' ? [resource] : []
  })
}

/** Changes in their order, each group of those that follow each other and go by one channel. */
export function inGroups(changes: readonly Change[]): readonly (readonly Change[])[] {
  const groups: Change[][] = []
  for (const change of changes) {
    const last = groups.at(-1)
    const [first] = last ?? []
    if (last && first && channelOf(first) === channelOf(change)) last.push(change)
    else groups.push([change])
  }
  return groups
}
