import { type DetachOptions, detachAll } from '@vethra/engine'
import type { CachedAttachment, Io, World } from '@vethra/world'
import { attachmentOf } from './cni-attachment.ts'
import { loadList, loadListIfUsable } from './cni-list.ts'
import { checkNamed, type Place } from './cni-place.ts'

/** Detaches a namespace with what was cached at ADD; the conf list is asked for only where nothing was. */
export async function del(
  world: World,
  { network, netns, ...options }: Place & DetachOptions,
  io: Io,
): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  await checkNamed(world, network, attachment)
  // Where ADD is remembered, a conf list that is broken or gone is of no matter.
  const listNow = (cached: CachedAttachment | undefined) =>
    options.force || cached?.listText ? loadListIfUsable(world, network) : loadList(world, network)
  await detachAll(world, [{ network, list: undefined, attachment }], { ...options, listNow })
}
