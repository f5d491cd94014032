import type { GivenSettings } from '@vethra/settings'
import { add, check, del } from './cni-operations.ts'
import { openHostSide } from './host-side.ts'
import type { Io } from './io.ts'

/** Runs `vethra cni add|check|del NETWORK NETNS`, without the help that the command line library gives. */
export async function runOnNetns(
  operation: string,
  network: string,
  netns: string,
  flags: GivenSettings,
  io: Io,
): Promise<void> {
  const side = await openHostSide(flags, io)
  if (operation === 'add') return add(side, network, netns, false, io)
  return operation === 'check' ? check(side, network, netns, io) : del(side, network, netns, io)
}
