import { existsSync } from 'node:fs'
import { CniError, type JsonObject, passes } from '@vethra/cni'
import { allocate, demandFree, type SetsOf, whyFull } from '@vethra/engine'
import { ipOf, type Reservation, readDataDir, readHostLocalConf } from '@vethra/ipam'
import type { CachedAttachment, IpamStore } from '@vethra/world'
import { collectGarbage } from './collect-garbage.ts'
import { failed } from './go-codes.ts'
import type { Plugin, PluginWorld, Request } from './plugin.ts'
import { readDns } from './resolv-conf.ts'
import { inGoWords, ipamResult } from './result.ts'

/** host-local: the IPAM plugin with a folder of reservations, as its Go original and at the same time as it. */
export function hostLocal(world: PluginWorld): Plugin {
  return {
    add: (request) => add(world, request),
    del: (request) => del(world, request),
    check: (request) => check(world, request),
    gc: (request) => gc(world, request),
    status: (request) => status(world, request),
  }
}

async function add(world: PluginWorld, request: Request): Promise<JsonObject> {
  const conf = inGoWords(() => readHostLocalConf(request.conf, request.args))
  const dns = conf.resolvConf === undefined ? {} : readDns(conf.resolvConf)
  const { network, containerId, ifname, cniVersion } = request
  const holder = { containerId, ifname }
  const { sets, requested, routes } = conf
  const store = await world.ipam(conf.dataDir)
  const outcome = await allocate(store, { network, holder, sets, requested })
  if (outcome.kind === 'refused') {
    // The original has its folder and lock made before it looks at what is asked; this makes them.
    await store.held(network, holder)
    const { message, exhausted } = outcome
    const details = exhausted && (await whyFull(setsOf(world, store, network), exhausted))
    throw new CniError({ code: 999, message, details })
  }
  return ipamResult({ ips: outcome.ips.map(ipOf), routes, dns }, cniVersion)
}

// A conf that has gone wrong since ADD must not keep the address; but nothing is made for one.
async function del(
  world: PluginWorld,
  { conf, args, network, containerId, ifname }: Request,
): Promise<void> {
  const dataDir = inGoWords(() => readDataDir(conf))
  const store = await world.ipam(dataDir)
  const isValid = passes(() => void readHostLocalConf(conf, args))
  if (!isValid && !(await store.networks()).includes(network)) return
  await store.release(network, { containerId, ifname })
}

async function check(
  world: PluginWorld,
  { conf, args, network, containerId, ifname }: Request,
): Promise<void> {
  const { dataDir } = inGoWords(() => readHostLocalConf(conf, args))
  const store = await world.ipam(dataDir)
  const held = await store.held(network, { containerId, ifname })
  if (held.length > 0) return
  throw failed(`host-local: Failed to find address added by container ${containerId}`)
}

async function gc(world: PluginWorld, { conf, network }: Request): Promise<void> {
  const dataDir = inGoWords(() => readDataDir(conf))
  await collectGarbage(await world.ipam(dataDir), network, conf)
}

/** Throws CniError 50 when an ADD would find no address, or no answers for `dns`. */
async function status(world: PluginWorld, { conf, network }: Request): Promise<void> {
  const { sets, dataDir, resolvConf } = inGoWords(() => readHostLocalConf(conf, ''))
  try {
    if (resolvConf !== undefined) readDns(resolvConf)
    const store = await world.ipam(dataDir)
    await demandFree(setsOf(world, store, network), sets)
  } catch (cause) {
    if (!(cause instanceof CniError)) throw cause
    const details =
      cause.details ?? (cause.cause instanceof Error ? cause.cause.message : undefined)
    const fields = { code: 50, message: cause.message, cause }
    throw new CniError({ ...fields, details })
  }
}

function setsOf(world: PluginWorld, store: IpamStore, network: string): SetsOf {
  return { store, network, dead: async () => deadByCache(network, await world.cached()) }
}

/** The reservations that look dead: without a holder, or with a cached netns that is missing. For showing only: no proof. */
function deadByCache(
  network: string,
  cached: readonly CachedAttachment[],
): (reservation: Reservation) => boolean {
  const gone = new Set(
    cached
      .filter((entry) => entry.network === network && entry.attachment.netns !== '')
      .filter(({ attachment }) => !existsSync(attachment.netns))
      .map(({ attachment }) => `${attachment.containerId}\n${attachment.ifname}`),
  )
  return ({ containerId, ifname }) => containerId === '' || gone.has(`${containerId}\n${ifname}`)
}
