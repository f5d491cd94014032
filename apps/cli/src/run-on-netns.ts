import type { Call } from './call.ts'
import type { Place } from './cni-place.ts'
import { openWorld } from './open-world.ts'

/** Runs `vethra cni add|check|del NETWORK NETNS`, without the help that the command line library gives, and loads no other of them. */
export async function runOnNetns(operation: string, place: Place, call: Call): Promise<void> {
  const world = await openWorld(call)
  if (operation === 'add') return (await import('./cni-add.ts')).add(world, place, call.io)
  if (operation === 'del') return (await import('./cni-del.ts')).del(world, place, call.io)
  return (await import('./cni-operations.ts')).check(world, place, call.io)
}
