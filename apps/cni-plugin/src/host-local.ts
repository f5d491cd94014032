import { formatAddress } from '@vethra/address'
import { CniError, type JsonObject } from '@vethra/cni'
import { allocate } from '@vethra/engine'
import {
  formatRangeSet,
  formatUsage,
  type RangeSet,
  readDataDir,
  readHostLocalConf,
  sizeOf,
  usageOf,
} from '@vethra/ipam'
import { diskIpamStore } from '@vethra/ipam-disk'
import { flockLock } from '@vethra/lock-flock'
import type { IpamStore } from '@vethra/world'
import { collectGarbage } from './collect-garbage.ts'
import type { Plugin, Request } from './plugin.ts'
import { readDns } from './resolv-conf.ts'
import { inGoWords, ipamResult } from './result.ts'

/** host-local: the IPAM plugin with a folder of reservations, as its Go original and at the same time as it. */
export const hostLocal: Plugin = { add, del, check, gc, status }

const indexDir = '/run/vethra/ipam'

function storeAt(dataDir: string): IpamStore {
  return diskIpamStore({ dataDir, indexDir, lock: flockLock() })
}

async function add(request: Request): Promise<JsonObject> {
  const conf = inGoWords(() => readHostLocalConf(request.conf, request.args))
  const dns = conf.resolvConf === undefined ? {} : readDns(conf.resolvConf)
  const { network, containerId, ifname, cniVersion } = request
  const holder = { containerId, ifname }
  const { sets, requested, routes } = conf
  const store = storeAt(conf.dataDir)
  const outcome = await allocate(store, { network, holder, sets, requested })
  if (outcome.kind === 'refused') {
    // The original has its folder and lock made before it looks at what is asked; this makes them.
    await store.held(network, holder)
    const { message, exhausted } = outcome
    const details = exhausted && (await whyFull(store, network, exhausted))
    throw new CniError({ code: 999, message, ...(details === undefined ? {} : { details }) })
  }
  const ips = outcome.ips.map(({ address, range }) => ({
    address: `${formatAddress(address)}/${range.subnet.length}`,
    gateway: formatAddress(range.gateway),
  }))
  return ipamResult({ ips, routes, dns }, cniVersion)
}

// A conf that has gone wrong since ADD must not keep the address; but nothing is made for one.
async function del({ conf, args, network, containerId, ifname }: Request): Promise<void> {
  const dataDir = inGoWords(() => readDataDir(conf))
  const store = storeAt(dataDir)
  if (!isValid(conf, args) && !(await store.networks()).includes(network)) return
  await store.release(network, { containerId, ifname })
}

function isValid(conf: JsonObject, args: string): boolean {
  try {
    readHostLocalConf(conf, args)
    return true
  } catch (error) {
    if (error instanceof CniError) return false
    throw error
  }
}

async function check({ conf, args, network, containerId, ifname }: Request): Promise<void> {
  const { dataDir } = inGoWords(() => readHostLocalConf(conf, args))
  const held = await storeAt(dataDir).held(network, { containerId, ifname })
  if (held.length > 0) return
  throw new CniError({
    code: 999,
    message: `host-local: Failed to find address added by container ${containerId}`,
  })
}

async function gc({ conf, network }: Request): Promise<void> {
  await collectGarbage(storeAt(inGoWords(() => readDataDir(conf))), network, conf)
}

/** Throws CniError 50 when an ADD would find no address, or no answers for `dns`. */
async function status({ conf, network }: Request): Promise<void> {
  const { sets, dataDir, resolvConf } = inGoWords(() => readHostLocalConf(conf, ''))
  try {
    if (resolvConf !== undefined) readDns(resolvConf)
    const store = storeAt(dataDir)
    // The count of names is an upper bound, and cheap; who holds them matters only when it is reached.
    const taken = BigInt((await store.taken(network)).length)
    for (const set of sets) {
      if (taken >= sizeOf(set)) await refuseFull(store, network, set)
    }
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause
    const details =
      cause.details ?? (cause.cause instanceof Error ? cause.cause.message : undefined)
    const fields = { code: 50, message: cause.message, cause }
    throw new CniError({ ...fields, ...(details === undefined ? {} : { details }) })
  }
}

async function refuseFull(store: IpamStore, network: string, set: RangeSet): Promise<void> {
  const held = (await store.list(network)).filter(({ containerId }) => containerId !== '')
  const { size, reserved } = usageOf(set, held)
  if (BigInt(reserved) < size) return
  throw new CniError({
    code: 50,
    message: `no IP addresses available in range set: ${formatRangeSet(set)}`,
    details: await whyFull(store, network, set),
  })
}

async function whyFull(store: IpamStore, network: string, set: RangeSet): Promise<string> {
  // Loaded for the few who need it.
  const { deadByCache } = await import('./dead-by-cache.ts')
  const usage = usageOf(set, await store.list(network), await deadByCache(network))
  const hint = usage.dead > 0 ? '; "vethra ipam gc" frees what is certainly dead' : ''
  return `${formatUsage(usage)}${hint}`
}
