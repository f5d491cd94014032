import { type AttachmentKey, guards, onCniError } from '@vethra/cni'
import type { AttachmentRecord, PluginRunner } from '@vethra/world'
import { failureOf } from './failures.ts'
import type { HostTools } from './host-tools.ts'
import { keyOf } from './membership.ts'
import { type Remembered, rememberedOf } from './remembered.ts'
import type { TurnTools } from './take-turns.ts'

/**
 * Begins an operation on what an ADD has made, and records that: killed, it is known. Waits until the programs of a killed
 * operation have ended, which would undo its work, or do the same; its own bear a mark, which is recorded, too. Returns
 * the tools that run them so. The container's lock is held. Throws CniError 104 when a plugin does not end.
 */
export async function takeOver(
  tools: HostTools,
  known: Remembered,
  underWay: NonNullable<AttachmentRecord['underWay']>,
): Promise<BearingTools> {
  const { record } = known
  if (record === undefined) return tools
  if (!runsPrograms(record)) {
    await isWritten(tools, { ...record, underWay })
    return tools
  }
  await afterOrphans(tools, known)
  const nonce = tools.netns.nonce()
  // Where it is not written, plugins bear the mark that is recorded.
  return bearing(
    tools,
    (await isWritten(tools, { ...record, nonce, underWay })) ? nonce : record.nonce,
  )
}

// A full disk must not keep a container from being detached.
async function isWritten({ records }: HostTools, record: AttachmentRecord): Promise<boolean> {
  return (await failureOf(records.write(record))) === undefined
}

/** Ends an operation after which the attachment stays. Throws CniError 5. */
export async function handBack(
  { records }: Pick<HostTools, 'records'>,
  of: AttachmentKey,
): Promise<void> {
  const known = await records.read(of)
  if (known?.underWay === undefined) return
  const { underWay: _, ...record } = known
  await records.write(record)
}

type BearingTools = HostTools & Pick<TurnTools, 'afterKilled'>

/** The tools with a runner whose programs bear a mark, unless their call has one. */
export function bearing(tools: HostTools, nonce: AttachmentRecord['nonce']): BearingTools {
  if (nonce === undefined) return tools
  const { run, stage } = tools.runner
  const runner: PluginRunner = {
    run: (call) => run({ nonce, ...call }),
    ...(stage && {
      stage: ({ ipam, ...call }) => stage(ipam ? { ...call, ipam: { nonce, ...ipam } } : call),
    }),
  }
  const quiet = async () => {
    await afterKilledPrograms(tools)
    await afterKilled(tools)
  }
  return { ...tools, runner, afterKilled: quiet }
}

/** The milliseconds that one may be held up by what is another's. */
const patienceMs = 5_000

/** Waits 5 seconds each for plugins of killed operations, on all containers but busy ones; a stuck one's next operation says so. */
export async function afterKilled(tools: HostTools): Promise<void> {
  const [known, cached] = await Promise.all([tools.records.list(), tools.cache.list()])
  const finished = new Map(cached.map((each) => [nameOf(keyOf(each)), each]))
  for (const record of known.filter(runsPrograms)) {
    if (!isOpen({ record, cached: finished.get(nameOf(record)) })) continue
    const path = guards.attachment(tools.places, record.containerId)
    const wait = async () => afterOrphans(tools, await rememberedOf(tools, record), patienceMs)
    await tools.lockNow?.hold(path, wait).catch(onCniError(() => undefined))
  }
}

/** Waits for 5 seconds, at most, for programs of the host, such as iptables, that a killed process of ours has left. */
export async function afterKilledPrograms({ netns }: Pick<HostTools, 'netns'>): Promise<void> {
  await netns.pluginsEnded('this host', undefined, patienceMs).catch(onCniError(() => undefined))
}

function nameOf({ network, containerId, ifname }: AttachmentKey): string {
  return JSON.stringify([network, containerId, ifname])
}

/** The mark of the plugins that collect the garbage of a network. */
export function collectorMark(network: string): string {
  return `gc-${network}`
}

/** Whether programs run for an attachment, as far as its record says: plugins of this process end with it. */
export function runsPrograms({ ways }: AttachmentRecord): boolean {
  return ways?.some(({ way, ipam }) => way === 'exec' || ipam === 'exec') ?? true
}

type Open = Pick<Remembered, 'record' | 'cached'>

async function afterOrphans({ netns }: HostTools, open: Open, timeoutMs?: number): Promise<void> {
  const { containerId, nonce } = open.record ?? {}
  if (containerId !== undefined && nonce !== undefined && isOpen(open))
    await netns.pluginsEnded(`container ${containerId}`, nonce, timeoutMs)
}

// A record without a cache entry means that an ADD did not finish.
function isOpen({ record, cached }: Open): boolean {
  return record !== undefined && (record.underWay !== undefined || cached === undefined)
}
