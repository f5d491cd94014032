import { contains, readAddress, readCidr } from '@vethra/address'
import { CniError, parseAddress } from '@vethra/cni'
import type { RepairOf } from '@vethra/findings'
import { networkSubnets } from '@vethra/networks'
import { type Applied, ended } from './applied.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { readNetworks } from './read-networks.ts'

/** Releases a stale address, unless its reservation is another by now. */
export async function releaseAddress(
  { ipam }: DoctorTools,
  { dataDir, network, reservation }: RepairOf<'release-address'>,
): Promise<Applied> {
  const freed = await (await ipam(dataDir)).drop(network, [reservation])
  return freed.length > 0 ? undefined : ended
}

/** Reserves the address that a living container has. Throws CniError 102 when another container has it meanwhile. */
export async function reserveAddress(
  tools: DoctorTools,
  { attachment: { network, containerId, ifname }, dataDir, address }: RepairOf<'reserve-address'>,
): Promise<Applied> {
  const set = await setOf(tools, network, address)
  const wanted = parseAddress('address', address)
  const store = await tools.ipam(dataDir)
  // What is there, and is no reservation, is in the way.
  await store.drop(network, [{ address, containerId: '', sinceMs: 0 }])
  const claim = { containerId, ifname, set, candidates: () => [wanted] }
  if ((await store.reserveFirst(network, claim)).kind === 'reserved') return undefined
  const there = (await store.list(network)).find((each) => each.address === address)
  // Attaching it again, right before, has done it.
  if (there?.containerId === containerId) return ended
  throw new CniError({
    code: 102,
    message: `address ${address} of network ${network} is reserved for container ${there?.containerId ?? ''}`,
    hint: `Stop and start container ${containerId}: it gets another address.`,
  })
}

// What is remembered as the last of a set must be of that set.
async function setOf(tools: DoctorTools, network: string, address: string): Promise<number> {
  const { networks } = await readNetworks(tools, await tools.namespaces())
  const found = networks.find(({ name }) => name === network)
  const wanted = readAddress(address)
  const at = (found ? networkSubnets(found) : []).findIndex(({ subnet }) => {
    const prefix = readCidr(subnet)?.prefix
    return prefix !== undefined && wanted !== undefined && contains(prefix, wanted)
  })
  return Math.max(at, 0)
}
