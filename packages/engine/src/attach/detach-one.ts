import { CniError, type ConfList, onCniError, type PluginCall } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import { hostEndName, type PluginWay } from '@vethra/plugins'
import { isSameOwner, type Owner } from '@vethra/state'
import type { AttachmentKernel, CachedAttachment, PluginRunner, StageCall } from '@vethra/world'
import { removeEffects } from '../remove-effects.ts'
import { detachAs, type Former } from './attach.ts'
import { cachedList } from './cached-list.ts'
import { remains, together } from './failures.ts'
import type { HostTools } from './host-tools.ts'
import { lifeNow } from './life.ts'
import { keyOf } from './membership.ts'
import { isNativeAlone } from './reachable.ts'
import { type Made, madeOf, type Remembered } from './remembered.ts'
import { pluginRunner } from './run-step.ts'
import { runsPrograms, takeOver } from './take-over.ts'
import { waysByMark } from './ways-by-mark.ts'
import { waysNow } from './ways-now.ts'

/** DEL of one attachment by cache, record, or the conf list of now. Its marked resources go where no record says which plugins ran. */
export async function detachOne(
  given: HostTools,
  membership: Membership,
  known: Remembered,
): Promise<void> {
  // A killed DEL of a namespace that is gone is found by that alone.
  const isFound = membership.attachment.netns === '' && (await isGoneAlone(given, known))
  const tools = isFound ? given : await takeOver(given, known, 'DEL')
  const former = await formerOf(tools, membership, known)
  const { cached, made } = known
  // Programs leave what plugins of this process made.
  const mayLeave = !isNativeAlone(known)
  if (cached) {
    await detachAs(tools, former, made)
    if (mayLeave) await removeMarked(tools, membership)
    return
  }
  const of = made.entry ? made.list : former.list
  // Without a conf list no plugin runs.
  if (mayLeave) await removeMarked(tools, membership)
  if (of === undefined) return detachAs(tools, former, made)
  const runner = pluginRunner(tools, { list: of, isMade: made.entry !== undefined })
  const own = { ...tools, runner }
  return made.entry ? detachUnfinished(own, former, made) : detachAs(own, former, made)
}

async function isGoneAlone(tools: HostTools, { record }: Remembered): Promise<boolean> {
  if (record === undefined || runsPrograms(record)) return false
  return (await lifeNow(tools, record)) === 'gone'
}

// With the record lost or edited, nothing else says whether plugins of this process made some.
async function removeMarked(tools: HostTools, membership: Membership): Promise<void> {
  const key = keyOf(membership)
  const owner = { kind: 'attachment', ...key } as const
  const kernel = await tools.kernel?.()
  if (kernel === undefined) return
  await removeMarkedLink(kernel, owner, hostEndName(key.network, key.containerId, key.ifname))
  const error = await removeEffects(kernel, () => true, owner)
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

/** The ways of an attachment without a record: where nothing is remembered, those of an ADD now, as programs may be missing, or refuse the conf. */
export async function waysUnrecorded(
  tools: HostTools,
  list: ConfList | undefined,
  cached: CachedAttachment | undefined,
): Promise<readonly PluginWay[] | undefined> {
  if (cached) return waysByMark(tools, cached)
  return list && waysNow(tools, list)
}

/** Undoes an ADD of whose plugins the first succeeded: with confs of now where later ones refuse their own in DEL, too. */
async function detachUnfinished(tools: HostTools, former: Former, made: Made): Promise<void> {
  const { runner, failed } = noting(tools.runner)
  try {
    await detachAs({ ...tools, runner }, former, made)
  } catch (error) {
    const now = asAsked(made.entry, former)
    const first = made.list?.plugins[0]?.type ?? ''
    const isSame = JSON.stringify(now) === JSON.stringify(made.entry)
    if (!(error instanceof CniError) || failed.includes(first) || isSame) throw error
    try {
      await detachAs(tools, former, madeOf(now))
    } catch (failure) {
      throw together([error, failure])
    }
    tools.onRemains?.(remains([former], error))
  }
}

function asAsked(
  entry: CachedAttachment | undefined,
  { list, attachment: { capabilityArgs } }: Former,
): CachedAttachment | undefined {
  if (entry === undefined) return undefined
  const listText = list?.text ?? entry.listText
  return { ...entry, listText, attachment: { ...entry.attachment, capabilityArgs } }
}

function noting({ run, stage }: PluginRunner): {
  readonly runner: PluginRunner
  readonly failed: readonly string[]
} {
  const failed: string[] = []
  const noted = async <T>(calls: readonly PluginCall[], running: Promise<T>) => {
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
      ...(stage ? { stage: (call) => noted(call.calls, unlessRefused(stage, call)) } : {}),
    },
  }
}

// ADD was refused the conf of this stage, too, and that before it did anything but call an IPAM program.
function unlessRefused(
  stage: NonNullable<PluginRunner['stage']>,
  call: StageCall,
): ReturnType<typeof stage> {
  return stage(call).catch(
    onCniError((error) => {
      if (error.code !== 7 || call.ipam) throw error
      return undefined
    }),
  )
}

// Removes an interface of the host where it bears the mark of an owner; any other stays. Throws the kernel's refusal.
async function removeMarkedLink(
  kernel: AttachmentKernel,
  owner: Owner,
  name: string,
): Promise<void> {
  const type = { name: 'dummy' } as const
  const resource = { kind: 'link', place: 'host', name, type, up: true } as const
  const [found] = await kernel.observe('', [{ owner: { kind: 'host' }, resource }])
  if (found === undefined || !isSameOwner(found.owner, owner)) return
  const { failed } = await kernel.apply('', [{ kind: 'remove', from: { owner, resource } }])
  if (failed) throw failed.error
}
