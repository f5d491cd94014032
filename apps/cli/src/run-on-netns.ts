import type { Call } from './call.ts'
import { add, check, del, type Place } from './cni-operations.ts'
import { openWorld } from './open-world.ts'

/** Runs `vethra cni add|check|del NETWORK NETNS`, without the help that the command line library gives. */
export async function runOnNetns(operation: string, place: Place, call: Call): Promise<void> {
  const world = await openWorld(call)
  if (operation === 'add') return add(world, place, call.io)
  return operation === 'check' ? check(world, place, call.io) : del(world, place, call.io)
}
