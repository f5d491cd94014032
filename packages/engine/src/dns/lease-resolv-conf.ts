import { guards, onCniError, type ParsedResult } from '@vethra/cni'
import type { BundleRecord, Membership } from '@vethra/container'
import { networksFromFiles } from '@vethra/networks'
import type { World } from '@vethra/world'
import { runningResolver } from './resolver-state.ts'
import { keepLease } from './tend-resolv-conf.ts'

/** A container that was attached: its record, memberships, and what each plugin returned, in the same order. */
export interface AttachedContainer {
  readonly namespace: string
  readonly record: BundleRecord
  readonly memberships: readonly Membership[]
  readonly results: readonly ParsedResult[]
}

/**
 * Has a container's resolv.conf name the resolvers that its first leased address came with, where the plugin dhcp does not hand
 * them on. `--dns` and the setting `dns` stay before them. Where no server tells any, those of the host stay. Throws what files do.
 */
export async function nameLeasedResolvers(
  world: World,
  attached: AttachedContainer,
): Promise<void> {
  const { namespace, record, memberships, results } = attached
  const leased = memberships.findIndex(isLeased)
  if (leased < 0) return
  const [membership, result] = [memberships[leased], results[leased]?.result]
  const containers = world.containers(namespace)
  const tools = {
    settings: world.resolved.settings,
    files: world.files,
    effects: await world.facts(),
    rootless: world.rootless,
    containers,
  }
  const told = result?.dns?.nameservers ?? []
  const lease = told.length > 0 ? told : await ask(world, membership, result)
  const { networks } = networksFromFiles(await world.networks(namespace).list())
  await world.lock.hold(guards['resolv-conf'](world.places), async () => {
    const resolver = await runningResolver(world.files, world.places)
    await keepLease(tools, { id: record.id, record, networks, resolver }, lease)
  })
}

function isLeased({ list }: Membership): boolean {
  return list?.plugins.some(({ ipamType }) => ipamType === 'dhcp') === true
}

async function ask(
  world: World,
  membership: Membership | undefined,
  result: ParsedResult['result'] | undefined,
): Promise<readonly string[]> {
  const address = result?.ips.map((each) => each.address).find((each) => !each.includes(':'))
  const mac = result?.interfaces.find(({ sandbox = '' }) => sandbox !== '')?.mac ?? ''
  if (!membership || address === undefined || mac === '' || !world.leaseResolvers) return []
  const { netns, ifname } = membership.attachment
  const interfaceIn = { netns, ifname, mac, address: address.replace(/\/.*/, '') }
  return world.leaseResolvers(interfaceIn).catch(onCniError(() => []))
}
