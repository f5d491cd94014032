import { guards, onCniError, type Result } from '@vethra/cni'
import type { BundleRecord } from '@vethra/container'
import { knownNetworks } from '../network/known-networks.ts'
import type { ManageTools } from '../network/tools.ts'
import { runningResolver } from './resolver-state.ts'
import { keepLease } from './tend-resolv-conf.ts'

/** An interface of a container whose address is leased, and what its ADD returned. */
export interface LeasedAttachment {
  readonly netns: string
  readonly ifname: string
  readonly result: Result
}

/** Has the resolv.conf of a container name the resolvers of a lease; the host's again without one. */
export async function keepLeasedResolvers(
  tools: ManageTools,
  record: BundleRecord,
  leased: LeasedAttachment | undefined,
): Promise<void> {
  const { host, files } = tools
  const told = leased?.result.dns?.nameservers ?? []
  const lease = told.length > 0 || leased === undefined ? told : await ask(host, leased)
  const networks = await knownNetworks(tools.networks)
  await host.lock.hold(guards['resolv-conf'](host.places), async () => {
    const resolver = await runningResolver(files, host.places)
    const owner = { id: record.id, record, networks, resolver }
    await keepLease({ ...tools, rootless: host.rootless }, owner, lease)
  })
}

async function ask(
  { leaseResolvers }: ManageTools['host'],
  { netns, ifname, result }: LeasedAttachment,
): Promise<readonly string[]> {
  const address = result.ips.map((each) => each.address).find((each) => !each.includes(':'))
  const mac = result.interfaces.find(({ sandbox = '' }) => sandbox !== '')?.mac ?? ''
  if (address === undefined || mac === '' || !leaseResolvers) return []
  const interfaceIn = { netns, ifname, mac, address: address.replace(/\/.*/, '') }
  return leaseResolvers(interfaceIn).catch(onCniError(() => []))
}
