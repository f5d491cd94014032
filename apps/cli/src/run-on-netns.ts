import type { Call } from './call.ts'
import { add, check, del, type Place } from './cni-operations.ts'
import { openWorld } from './open-world.ts'

/** Runs `vethra cni add|check|del NETWORK NETNS`, without the help that the command line library gives. */
export async function runOnNetns(
  operation: string,
  place: Place,
  { flags, here, io }: Call,
): Promise<void> {
  const world = await openWorld(flags, here, io)
  if (operation === 'add') return add(world, place, io)
  return operation === 'check' ? check(world, place, io) : del(world, place, io)
}
