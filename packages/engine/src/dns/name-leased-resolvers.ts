import type { Membership } from '@vethra/container'
import type { World } from '@vethra/world'
import type { AttachedContainer } from './keep-leased-resolvers.ts'

/**
 * Has a container's resolv.conf name the resolvers that its first leased address came with, where the plugin dhcp does not hand
 * them on. `--dns` and the setting `dns` stay before them. Where no server tells any, those of the host stay. Throws what files do.
 */
export async function nameLeasedResolvers(
  world: World,
  attached: AttachedContainer,
): Promise<void> {
  const leased = attached.memberships.findIndex(isLeased)
  if (leased < 0) return
  // What writes resolv.conf is loaded where an address was leased.
  const { keepLeasedResolvers } = await import('./keep-leased-resolvers.ts')
  await keepLeasedResolvers(world, attached, leased)
}

function isLeased({ list }: Membership): boolean {
  return list?.plugins.some(({ ipamType }) => ipamType === 'dhcp') === true
}
