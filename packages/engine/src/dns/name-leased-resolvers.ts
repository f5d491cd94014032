import type { ConfList, ParsedResult } from '@vethra/cni'
import type { BundleRecord, Membership } from '@vethra/container'
import type { World } from '@vethra/world'

/** A container that was attached: its record, memberships, and what each plugin returned, in the same order. */
export interface AttachedContainer {
  readonly namespace: string
  readonly record: BundleRecord
  readonly memberships: readonly Membership[]
  readonly results: readonly ParsedResult[]
}

/** Has resolv.conf name the resolvers of the first leased address, behind `--dns` and the setting `dns`; else the host's. Throws as files do. */
export async function nameLeasedResolvers(
  world: World,
  { namespace, record, memberships, results }: AttachedContainer,
): Promise<void> {
  const at = memberships.findIndex(({ list }) => isLeasing(list))
  const [membership, parsed] = [memberships[at], results[at]]
  if (membership === undefined || parsed === undefined) return
  // What writes resolv.conf is loaded where an address was leased.
  const { keepLeasedResolvers } = await import('./keep-leased-resolvers.ts')
  const { inNamespace } = await import('../in-namespace.ts')
  const { netns, ifname } = membership.attachment
  const leased = { netns, ifname, result: parsed.result }
  await keepLeasedResolvers(await inNamespace(world, namespace), record, leased)
}

/** Whether a conf list leases its addresses from a DHCP server. */
export function isLeasing(list: Pick<ConfList, 'plugins'> | undefined): boolean {
  return list?.plugins.some(({ ipamType }) => ipamType === 'dhcp') === true
}
