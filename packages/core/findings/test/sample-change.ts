import type { DesiredAttachment } from '../src/desired-state.ts'
import type { ObservedState } from '../src/observed-state.ts'
import type { World } from './sample-host.ts'

/** For tests: changes what is observed. */
export function observing(
  world: World,
  change: (observed: ObservedState) => Partial<ObservedState>,
): World {
  return { ...world, observed: { ...world.observed, ...change(world.observed) } }
}

/** For tests: changes whether a container's plugins were told its ports. */
export function publishing(
  world: World,
  containerId: string,
  publishes: DesiredAttachment['publishes'],
): World {
  const attachments = world.desired.attachments.map((each) =>
    each.containerId === containerId ? { ...each, publishes } : each,
  )
  return { ...world, desired: { ...world.desired, attachments } }
}

/** For tests: changes what the packet filter does. */
export function onFirewall(
  world: World,
  change: (firewall: ObservedState['firewall'][number]) => ObservedState['firewall'][number],
): World {
  return observing(world, ({ firewall }) => ({ firewall: firewall.map(change) }))
}
