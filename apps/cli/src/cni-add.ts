import { parseExactly } from '@vethra/cni'
import {
  attachEach,
  clearInterfaces,
  emitAttached,
  holdingContainer,
  logSteps,
} from '@vethra/engine'
import type { Io, World } from '@vethra/world'
import { attachmentOf } from './cni-attachment.ts'
import { loadList } from './cni-list.ts'
import type { Place } from './cni-place.ts'

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
