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

/** Has the resolv.conf of an attached container name the resolvers of the lease of one of its memberships, by its index. */
export async function keepLeasedResolvers(
  world: World,
  { namespace, record, memberships, results }: AttachedContainer,
  leased: number,
): Promise<void> {
  const [membership, result] = [memberships[leased], results[leased]?.result]
  const tools = {
    settings: world.resolved.settings,
    files: world.files,
    effects: await world.facts(),
    rootless: world.rootless,
    containers: world.containers(namespace),
  }
  const told = result?.dns?.nameservers ?? []
  const lease = told.length > 0 ? told : await ask(world, membership, result)
  const { networks } = networksFromFiles(await world.networks(namespace).list())
  await world.lock.hold(guards['resolv-conf'](world.places), async () => {
    const resolver = await runningResolver(world.files, world.places)
    await keepLease(tools, { id: record.id, record, networks, resolver }, lease)
  })
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
