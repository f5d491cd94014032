import { existsSync } from 'node:fs'
import { type Attachment, type ConfList, parseExactly } from '@vethra/cni'
import {
  attachAll,
  cachedList,
  checkAll,
  checkDoor,
  checkNamespace,
  checkStatus,
  type DetachOptions,
  detachAll,
  plannedCalls,
} from '@vethra/engine'
import { bringLoopbackUp, checkNetns } from '@vethra/linux'
import { attachmentOf } from './cni-attachment.ts'
import { loadList, loadListIfUsable } from './cni-list.ts'
import type { HostSide } from './host-side.ts'
import type { Io } from './io.ts'

/** Attaches a namespace and prints the result as the last plugin printed it. */
export async function add(
  tools: HostSide,
  network: string,
  netns: string,
  dryRun: boolean,
  io: Io,
): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  const list = await loadList(tools, network)
  if (dryRun) {
    const calls = plannedCalls({ operation: 'ADD', list, attachment })
    io.print(
      JSON.stringify(
        calls.map(({ stdin, ...call }) => ({ ...call, stdin: parseExactly(stdin) })),
        null,
        4,
      ),
    )
    return
  }
  await checkNetns(attachment.netns)
  await checkDoor(tools.host, [attachment])
  await bringLoopbackUp(attachment.netns)
  const [result] = await attachAll(tools.host, [{ network, list, attachment }])
  const { containerId, ifname } = attachment
  const done = `${ifname} of ${attachment.netns} is in network ${network}, as container ${containerId}`
  io.print(JSON.stringify(parseExactly(result?.text ?? 'null'), null, 4), done)
}

/** Checks an attachment against what was cached at ADD; the conf list is asked for only where nothing was. */
export async function check(
  tools: HostSide,
  network: string,
  netns: string,
  io: Io,
): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  await checkOthers(tools, network, attachment)
  const list = await listAtHand(tools, network, attachment)
  await checkAll(tools.host, [{ network, list, attachment }])
}

/** Detaches a namespace with what was cached at ADD; the conf list is asked for only where nothing was. */
export async function del(
  tools: HostSide,
  network: string,
  netns: string,
  io: Io,
  options: DetachOptions = {},
): Promise<void> {
  const attachment = attachmentOf(netns, io.env)
  await checkOthers(tools, network, attachment)
  const list = options.force
    ? await loadListIfUsable(tools, network)
    : await listAtHand(tools, network, attachment)
  await detachAll(tools.host, [{ network, list, attachment }], options)
}

/** Asks the plugins of a network whether they can take containers. */
export async function status(tools: HostSide, network: string): Promise<void> {
  await checkStatus(tools.host.runner, await loadList(tools, network))
}

// A namespace that is gone has nothing to be taken apart. One of 0.1's may be the runtime's own: its record says so.
async function checkOthers(
  { host }: HostSide,
  network: string,
  { containerId, ifname, netns }: Attachment,
): Promise<void> {
  const record = await host.records.read({ network, containerId, ifname })
  if (record === undefined && existsSync(netns)) await checkNamespace(host.netns, netns)
}

// Where ADD is remembered, a conf list that is broken or gone is of no matter.
async function listAtHand(
  tools: HostSide,
  network: string,
  { containerId, ifname }: Attachment,
): Promise<ConfList | undefined> {
  const cached = await tools.host.cache.read({ network, containerId, ifname })
  const made = cached && cachedList(cached)
  if (made) return made
  return cached?.listText ? loadListIfUsable(tools, network) : loadList(tools, network)
}
