import { existsSync } from 'node:fs'
import { type Attachment, type ConfList, parseExactly } from '@vethra/cni'
import {
  attachEach,
  cachedList,
  checkAll,
  checkNamespace,
  checkStatus,
  clearInterfaces,
  type DetachOptions,
  detachAll,
  emitAttached,
  holdingContainer,
  logSteps,
  plannedRows,
  waysNow,
} from '@vethra/engine'
import type { CachedAttachment, Io, World } from '@vethra/world'
import { attachmentOf } from './cni-attachment.ts'
import { loadList, loadListIfUsable } from './cni-list.ts'

/** A network, and the path of a network namespace, as they were given. */
export interface Place {
  readonly network: string
  readonly netns: string
}

/** Prints the plugin calls that an ADD would make. */
export async function printCalls(world: World, { network, netns }: Place, io: Io): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  const list = await loadList(world, network)
  const ways = waysNow(world, list)
  const calls = plannedRows({ operation: 'ADD', list, attachment, ways })
  io.print(JSON.stringify(calls, null, 4))
}

/** Attaches a namespace and prints the result as the last plugin printed it. */
export async function add(world: World, { network, netns }: Place, io: Io): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  const step = logSteps(world.steps)
  const list = await step('read the network', () => loadList(world, network))
  const memberships = [{ network, list, attachment }]
  await step('check the interface', () =>
    clearInterfaces(world, memberships).catch(async (error) => {
      // Of a path that is no namespace it says why, in the words of the plugins.
      await world.checkNetns(attachment.netns)
      throw error
    }),
  )
  await step('bring lo up', () => world.bringLoopbackUp(attachment.netns))
  const results = await holdingContainer(world, memberships, () => attachEach(world, memberships))
  await step('write the events', () => emitAttached(world, memberships, results))
  const [result] = results
  const { containerId, ifname } = attachment
  const done = `${ifname} of ${attachment.netns} is in network ${network}, as container ${containerId}`
  io.print(JSON.stringify(parseExactly(result?.text ?? 'null'), null, 4), done)
}

/** Checks an attachment against what was cached at ADD; the conf list is asked for only where nothing was. */
export async function check(world: World, { network, netns }: Place, io: Io): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  await checkOthers(world, network, attachment)
  const list = await listAtHand(world, network, attachment)
  await checkAll(world, [{ network, list, attachment }])
}

/** Detaches a namespace with what was cached at ADD; the conf list is asked for only where nothing was. */
export async function del(
  world: World,
  { network, netns, ...options }: Place & DetachOptions,
  io: Io,
): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  await checkOthers(world, network, attachment)
  // Where ADD is remembered, a conf list that is broken or gone is of no matter.
  const listNow = (cached: CachedAttachment | undefined) =>
    options.force || cached?.listText ? loadListIfUsable(world, network) : loadList(world, network)
  await detachAll(world, [{ network, list: undefined, attachment }], { ...options, listNow })
}

/** Asks the plugins of a network whether they can take containers. */
export async function status(world: World, network: string): Promise<void> {
  const list = await loadList(world, network)
  await checkStatus(world.runner, list, waysNow(world, list))
}

// A namespace that is gone has nothing to be taken apart. One of 0.1's may be the runtime's own: its record says so.
async function checkOthers(
  world: World,
  network: string,
  { containerId, ifname, netns }: Attachment,
): Promise<void> {
  const record = await world.records.read({ network, containerId, ifname })
  if (record === undefined && existsSync(netns)) await checkNamespace(world.netns, netns)
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
