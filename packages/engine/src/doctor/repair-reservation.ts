import { contains, readAddress, readCidr } from '@vethra/address'
import { CniError, guards, orElse, parseAddress } from '@vethra/cni'
import { datedInThePast, type Repair } from '@vethra/findings'
import { reasonToKeep } from '@vethra/ipam'
import { networkSubnets } from '@vethra/networks'
import { livingRecord } from './alive.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { readNetworks } from './observe.ts'
import type { RepairResult } from './repair-result.ts'
import { containerOf } from './stored-container.ts'

type Release = Extract<Repair, { kind: 'release-address' }>

/** Gives back a reservation that still is as it was seen and whose container shows no sign of life. */
export async function releaseAddress(tools: DoctorTools, each: Release): Promise<RepairResult> {
  const { host } = tools
  const { containerId } = each.reservation
  if (containerId === '') return release(tools, each)
  // An ADD that is under way ends first.
  const lock = lockOf(tools, containerId)
  return lock === undefined
    ? release(tools, each)
    : host.lock.hold(lock, () => release(tools, each))
}

async function release(
  tools: DoctorTools,
  { dataDir, network, reservation }: Release,
): Promise<RepairResult> {
  const { host, clock, ipam } = tools
  const { containerId, ifname } = reservation
  const [records, cached, other] = await Promise.all([
    containerId === '' ? [] : host.records.list(containerId),
    containerId === '' ? [] : host.cache.list(containerId),
    tools.otherSigns(),
  ])
  const all = [...records, ...cached.map((one) => ({ network: one.network, ...one.attachment }))]
  const holds = all.some(
    (one) => one.network === network && (ifname === undefined || one.ifname === ifname),
  )
  if (holds) return 'an attachment is recorded or cached'
  const nobody: ReadonlySet<string> = new Set()
  const ours = all.length > 0 || (await containerOf(tools, containerId)) !== undefined
  const signs = { ...other, cached: nobody, recorded: nobody, ...(ours ? { known: nobody } : {}) }
  const now = clock.now()
  const why = reasonToKeep(datedInThePast(reservation, now), signs, now)
  if (why !== undefined) return why
  const store = await ipam(dataDir)
  const freed = await store.drop(network, [reservation])
  return freed.length > 0 ? undefined : 'it is released, or another holds it'
}

// What is planted may hold any text: one that can be no id has no lock, and no ADD either.
function lockOf({ host }: DoctorTools, containerId: string): string | undefined {
  return orElse(() => guards.attachment(host.places, containerId), undefined)
}

/** Reserves the address that a living container has. Throws CniError 102 when another container has it meanwhile. */
export async function reserveAddress(
  tools: DoctorTools,
  { attachment: key, dataDir, address }: Extract<Repair, { kind: 'reserve-address' }>,
): Promise<RepairResult> {
  const { host, ipam } = tools
  const { network, containerId, ifname } = key
  const wanted = parseAddress('address', address)
  const set = await setOf(tools, network, address)
  return host.lock.hold(guards.attachment(host.places, containerId), async () => {
    if ((await livingRecord(host, key)) === undefined) return 'it is not attached any more'
    const claim = { containerId, ifname, set, candidates: () => [wanted] }
    const store = await ipam(dataDir)
    const { kind } = await store.reserveFirst(network, claim)
    if (kind === 'reserved') return undefined
    const there = (await store.list(network)).find((each) => each.address === address)
    if (there?.containerId === containerId) return 'it is reserved'
    throw new CniError({
      code: 102,
      message: `address ${address} of network ${network} is reserved for container ${there?.containerId ?? ''}`,
      hint: `Stop and start container ${containerId}: it gets another address.`,
    })
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
