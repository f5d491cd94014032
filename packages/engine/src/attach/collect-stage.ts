import type { Holder } from '@vethra/ipam'
import { type PluginRequest, stageNeeds } from '@vethra/plugins'
import type { Change, Owner } from '@vethra/state'
import type { StageWorld } from '@vethra/world'
import { removeEffects } from '../remove-effects.ts'

/** GC of a stage: releases the addresses, and removes the rules, of all attachments to its network that are not valid. */
export async function collectStage(
  { attachments, ipamAt }: StageWorld,
  requests: readonly PluginRequest[],
  valid: readonly Holder[],
): Promise<void> {
  const { claim } = stageNeeds(requests)
  const network = requests[0]?.network ?? ''
  if (claim) {
    const store = await ipamAt(claim.dataDir)
    const held = await store.list(network)
    await store.drop(
      network,
      held.filter((each) => !isAmong(valid, each)),
    )
  }
  const error = await removeEffects(attachments, ({ owner }) => isDead(owner, network, valid))
  if (error) throw error
}

/** GC of the interfaces that a plugin called by another runtime made: those of all attachments to a network that are not valid. */
export async function collectLinks(
  { attachments }: Pick<StageWorld, 'attachments'>,
  network: string,
  valid: readonly Holder[],
): Promise<void> {
  const doomed = (await attachments.marked()).filter(({ owner }) => isDead(owner, network, valid))
  const type = { name: 'ifb' } as const
  const changes = doomed.map(({ name, owner }): Change => {
    const resource = { kind: 'link', place: 'host', name, type, up: true } as const
    return { kind: 'remove', from: { resource, owner } }
  })
  const { failed } = await attachments.apply('', changes)
  if (failed) throw failed.error
}

function isDead(owner: Owner, network: string, valid: readonly Holder[]): boolean {
  return owner.kind === 'attachment' && owner.network === network && !isAmong(valid, owner)
}

// A reservation of old versions names no interface.
function isAmong(valid: readonly Holder[], { containerId, ifname }: Partial<Holder>): boolean {
  return valid.some(
    (each) => each.containerId === containerId && each.ifname === (ifname ?? each.ifname),
  )
}
