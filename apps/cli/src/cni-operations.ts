import type { Attachment, ConfList } from '@vethra/cni'
import { cachedList, checkAll, checkStatus, plannedRows, waysNow } from '@vethra/engine'
import type { Io, World } from '@vethra/world'
import { attachmentOf } from './cni-attachment.ts'
import { loadList, loadListIfUsable } from './cni-list.ts'
import { checkNamed, type Place } from './cni-place.ts'

/** Prints the plugin calls that an ADD would make. */
export async function printCalls(world: World, { network, netns }: Place, io: Io): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  const list = await loadList(world, network)
  const ways = waysNow(world, list)
  const calls = plannedRows({ operation: 'ADD', list, attachment, ways })
  io.print(JSON.stringify(calls, null, 4))
}

/** Checks an attachment against what was cached at ADD; the conf list is asked for only where nothing was. */
export async function check(world: World, { network, netns }: Place, io: Io): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  await checkNamed(world, network, attachment)
  const list = await listAtHand(world, network, attachment)
  await checkAll(world, [{ network, list, attachment }])
}

/** Asks the plugins of a network whether they can take containers. */
export async function status(world: World, network: string): Promise<void> {
  const list = await loadList(world, network)
  await checkStatus(world.runner, list, waysNow(world, list))
}

// Where ADD is remembered, a conf list that is broken or gone is of no matter.
async function listAtHand(
  world: World,
  network: string,
  { containerId, ifname }: Attachment,
): Promise<ConfList | undefined> {
  const cached = await world.cache.read({ network, containerId, ifname })
  const made = cached && cachedList(cached)
  if (made) return made
  return cached?.listText ? loadListIfUsable(world, network) : loadList(world, network)
}
