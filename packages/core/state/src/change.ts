import { keyOf } from './key.ts'
import type { Owner } from './owner.ts'
import type { Owned, Resource } from './resource.ts'

/** One step from what is to what should be. */
export type Change =
  | { readonly kind: 'make'; readonly to: Owned }
  /** From one value of a resource to another: `from` is what was observed. */
  | { readonly kind: 'alter'; readonly from: Owned; readonly to: Owned }
  | { readonly kind: 'remove'; readonly from: Owned }

/** The resource that a change is about: what comes, or what goes. */
export function targetOf(change: Change): Owned {
  return change.kind === 'remove' ? change.from : change.to
}

/** The changes that take back what was done for attachments, last first. Those of networks and the host stay; a removal has no inverse. */
export function invert(done: readonly Change[]): readonly Change[] {
  return done.toReversed().flatMap((change): readonly Change[] => {
    const { owner } = targetOf(change)
    if (owner.kind !== 'attachment') return []
    if (change.kind === 'make') return [{ kind: 'remove', from: change.to }]
    if (change.kind === 'alter') return [{ kind: 'alter', from: change.to, to: change.from }]
    return []
  })
}

/** A change for people and logs: `make address container eth0 10.4.0.2/24 for web in lan`. */
export function describeChange(change: Change): string {
  const { resource, owner } = targetOf(change)
  return `${change.kind} ${keyOf(resource)}${describeOwner(owner)}`
}

function describeOwner(owner: Owner): string {
  if (owner.kind === 'host') return ''
  if (owner.kind === 'network') return ` for network ${owner.network}`
  return ` for ${owner.containerId} in network ${owner.network}`
}

/** Whether two resources of one key have the same value, as far as `wanted` says one. */
export function isAsWanted(wanted: Resource, found: Resource): boolean {
  // An interface that is away from the host is known by its alias alone.
  const isAway = wanted.kind === 'moved link' && wanted.device === ''
  if (isAway) return found.kind === 'moved link'
  return matches(inKernelsSpacing(wanted), inKernelsSpacing(found))
}

// The kernel takes any space between the numbers of a setting, and prints tabs.
function inKernelsSpacing(resource: Resource): Resource {
  if (resource.kind !== 'sysctl') return resource
  return { ...resource, value: resource.value.trim().split(/\s+/).join('\t') }
}

function matches(wanted: unknown, found: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return wanted === found
  if (typeof found !== 'object' || found === null) return false
  if (Array.isArray(wanted)) return sameMembers(wanted, found)
  return Object.entries(wanted).every(
    ([key, value]) =>
      hints.includes(key) || matches(value, (found as Record<string, unknown>)[key]),
  )
}

// How a resource is wanted, which the kernel does not tell.
const hints: readonly string[] = [
  'optional',
  'inFront',
  'onLink',
  'prefixRoute',
  'needsRoute',
  'anyTable',
  'asksFirst',
  'vlans',
]

function sameMembers(wanted: readonly unknown[], found: object): boolean {
  if (!Array.isArray(found) || found.length !== wanted.length) return false
  return wanted.every((each) => found.some((other) => matches(each, other)))
}
