import { CniError, type ConfList, type PluginCall } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import { hostEndName, type PluginWay } from '@vethra/plugins'
import { isSameOwner } from '@vethra/state'
import type { CachedAttachment, PluginRunner, StageCall } from '@vethra/world'
import { removeEffects } from '../remove-effects.ts'
import { removeMarkedLink } from '../remove-marked-link.ts'
import { tellDetached } from '../tell.ts'
import { detach, type Former } from './attach.ts'
import { cachedList } from './cached-list.ts'
import { together } from './failures.ts'
import type { HostTools } from './host-tools.ts'
import { afterOrphans, madeSoFar, type Remembered, rememberedOf } from './killed-add.ts'
import { keyOf } from './membership.ts'
import { reachable } from './reachable.ts'
import { removeRenamed } from './remove-renamed.ts'
import { pluginRunner } from './run-plugin.ts'
import { sweepAlone } from './sweep.ts'
import { waysByMark } from './ways-by-mark.ts'
import { waysNow } from './ways-now.ts'

/** How attachments are removed. */
export interface DetachOptions {
  /** Forgets an attachment that cannot be undone, and reports what may remain. Default: it stays, and is tried again. */
  readonly force?: boolean
  /** Whether no event is written: it undoes an ADD that had none. Default false. */
  readonly silent?: boolean
}

/** Detaches while the container's lock is held. */
export async function detachEach(
  tools: HostTools,
  memberships: readonly Membership[],
  { force = false, silent = false }: DetachOptions = {},
): Promise<void> {
  const errors: unknown[] = []
  const attempt = (work: Promise<unknown>) => work.catch((error: unknown) => errors.push(error))
  const swept = new Set<Membership>()
  const native = new Set<Membership>()
  const detached: Membership[] = []
  const reached: Membership[] = []
  const memory = new Map<Membership, Remembered>()
  for (const given of memberships.toReversed()) {
    const known = await rememberedOf(tools, keyOf(given))
    const membership = await reachable(tools, given, known)
    reached.push(membership)
    memory.set(membership, known)
    // Without what ADD was called with, portmap does not know that there are ports to be closed.
    if (!known.cached?.listText || madeSoFar(known) !== known.cached) swept.add(membership)
    if (isNativeAlone(known)) native.add(membership)
    const detaching = detachOne(tools, membership, known)
    await attempt(detaching.then(() => detached.push(membership)))
    const renamed = removeRenamed(tools, membership, known)
    // Without its interface, bridge passes over its rules, too.
    await attempt(renamed.then((found) => found && swept.add(membership)))
  }
  for (const each of reached) {
    // Where ADD is remembered, the namespace is there and every DEL succeeded, plugins leave nothing: looking is saved.
    if (errors.length > 0 || each.attachment.netns === '') swept.add(each)
  }
  // An ADD that did not finish was told to nobody.
  const tell = async (each: Membership) => {
    const { cached, record } = memory.get(each) ?? {}
    if (!silent && cached) await tellDetached(tools, each, each.container ?? record?.container)
  }
  // Whoever is killed, or fails, before the rules have gone leaves the records: the next one looks again.
  const forget = async () => {
    await sweepAlone(
      tools,
      [...swept].filter((each) => !native.has(each)),
    )
    for (const each of detached) {
      await attempt(tools.records.remove(keyOf(each)).then(() => tell(each)))
    }
  }
  await attempt(forget())
  if (errors.length === 0) return
  if (!force || errors.some((error) => !(error instanceof CniError))) throw together(errors)
  await forgetAll(tools, reached)
  for (const each of reached) if (!detached.includes(each)) await tell(each)
  tools.onRemains?.(remains(memberships, together(errors)))
}

async function forgetAll(
  { cache, records }: HostTools,
  memberships: readonly Membership[],
): Promise<void> {
  for (const each of memberships) {
    await cache.remove(keyOf(each))
    await records.remove(keyOf(each))
  }
}

async function detachOne(
  tools: HostTools,
  membership: Membership,
  known: Remembered,
): Promise<void> {
  await afterOrphans(tools, known)
  const made = madeSoFar(known)
  const former = await formerOf(tools, membership, known)
  const { list } = former
  const { cached, record } = known
  if (cached) {
    await detachAs(tools, former, made)
    if (record === undefined) await removeMarked(tools, membership)
    return
  }
  const of = made ? cachedList(made) : list
  // Without a conf list no plugin runs.
  if (record === undefined) await removeMarked(tools, membership)
  if (of === undefined) return detachAs(tools, former, made)
  const runner = pluginRunner(tools, { list: of, record, isMade: made !== undefined })
  const own = { ...tools, runner }
  return made ? detachUnfinished(own, former, made) : detachAs(own, former, made)
}

// With the record lost, nothing else says whether plugins of this process made some.
async function removeMarked(tools: HostTools, membership: Membership): Promise<void> {
  const key = keyOf(membership)
  const owner = { kind: 'attachment', ...key } as const
  const kernel = await tools.kernel?.()
  if (kernel === undefined) return
  await removeMarkedLink(kernel, owner, hostEndName(key.network, key.containerId, key.ifname))
  const error = await removeEffects(kernel, (each) => isSameOwner(each.owner, owner))
  if (error) throw error
}

// The plugins of an ADD of which nothing but the intent is known are told what that ADD was.
async function formerOf(
  tools: HostTools,
  membership: Membership,
  { record, cached }: Remembered,
): Promise<Former> {
  const { asked } = record ?? {}
  const { list, network, attachment } = membership
  const ways = record ? record.ways : await waysUnrecorded(tools, list, cached)
  if (cached || !asked) return { list, network, attachment, ways }
  const { netns } = attachment
  const then = { ...asked.attachment, netns }
  return { network, list: cachedList(asked) ?? list, attachment: then, ways }
}

// Where nothing is remembered, plugins go the way that an ADD would now: their programs may be missing, or refuse the conf.
async function waysUnrecorded(
  tools: HostTools,
  list: ConfList | undefined,
  cached: CachedAttachment | undefined,
): Promise<readonly PluginWay[] | undefined> {
  if (cached) return waysByMark(tools, cached)
  return list && waysNow(tools, list)
}

// Such plugins make no rules that iptables knows: looking for some is saved.
function isNativeAlone({ record }: Remembered): boolean {
  return record?.ways?.every(({ way }) => way === 'native') ?? false
}

async function detachAs(
  { runner, cache }: HostTools,
  former: Former,
  made: CachedAttachment | undefined,
): Promise<void> {
  await detach({ runner, cache: { ...cache, read: async () => made } }, former)
}

/**
 * Undoes an ADD whose first plugin alone is known to have succeeded. Where a later one refuses its conf, or a port
 * mapping, in DEL, too, as it did in ADD, those of now are tried: somebody may have corrected them.
 */
async function detachUnfinished(
  tools: HostTools,
  former: Former,
  made: CachedAttachment,
): Promise<void> {
  const { runner, failed } = noting(tools.runner)
  try {
    await detachAs({ ...tools, runner }, former, made)
  } catch (error) {
    const listText = former.list?.text ?? made.listText
    const { capabilityArgs } = former.attachment
    const now = { ...made, listText, attachment: { ...made.attachment, capabilityArgs } }
    const first = cachedList(made)?.plugins[0]?.type ?? ''
    const isSame = JSON.stringify(now) === JSON.stringify(made)
    if (!(error instanceof CniError) || failed.includes(first) || isSame) throw error
    try {
      await detachAs(tools, former, now)
    } catch (failure) {
      throw together([error, failure])
    }
    tools.onRemains?.(remains([former], error))
  }
}

function noting({ run, stage }: PluginRunner): {
  readonly runner: PluginRunner
  readonly failed: readonly string[]
} {
  const failed: string[] = []
  const noted = async (calls: readonly PluginCall[], running: Promise<string>) => {
    try {
      return await running
    } catch (error) {
      failed.push(...calls.map(({ type }) => type))
      throw error
    }
  }
  return {
    failed,
    runner: {
      run: (call) => noted([call], run(call)),
      ...(stage ? { stage: (call: StageCall) => noted(call.calls, stage(call)) } : {}),
    },
  }
}

function remains(
  memberships: readonly Pick<Membership, 'network' | 'attachment'>[],
  cause: unknown,
): CniError {
  const interfaces = memberships.map(
    ({ network, attachment }) => `${attachment.ifname} in network ${network}`,
  )
  const id = memberships[0]?.attachment.containerId ?? ''
  return new CniError({
    code: 106,
    message: `forgot container ${id} (${interfaces.join(', ')}): resources of its plugins may remain`,
    hint: `Look for it with "vethra doctor", and by the container's id: iptables-save | grep ${id}`,
    cause,
  })
}
