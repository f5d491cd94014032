import { add, check, del } from './cni-operations.ts'
import { openWorld } from './open-world.ts'
import type { Call } from './run-command.ts'

/** Runs `vethra cni add|check|del NETWORK NETNS`, without the help that the command line library gives. */
export async function runOnNetns(
  operation: string,
  network: string,
  netns: string,
  { flags, here, io }: Call,
): Promise<void> {
  const world = await openWorld(flags, here, io)
  if (operation === 'add') return add(world, network, netns, false, io)
  return operation === 'check' ? check(world, network, netns, io) : del(world, network, netns, io)
}
