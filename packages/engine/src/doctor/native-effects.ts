import { type AttachmentKey, orElse } from '@vethra/cni'
import { attachmentText, type MissingResource, type ObservedTable } from '@vethra/findings'
import { elementsOf, isEffect } from '@vethra/firewall'
import { type PluginWay, planFormer } from '@vethra/plugins'
import {
  isAsWanted,
  isDue,
  keyOf,
  type Owned,
  type Owner,
  ownerMark,
  type Resource,
  type State,
} from '@vethra/state'
import type { AttachmentKernel, CachedAttachment, Clock, StrangeEntry } from '@vethra/world'
import { cachedList, convertIfReadable } from '../attach/cached-list.ts'
import { stageOf } from '../attach/stage-runner.ts'
import { stagesOf } from '../attach/stages-of.ts'
import { mapInTurns } from './in-turns.ts'

/** An attachment as it was made: by plugins in this process, whole or in part, where it has ways. */
export interface NativeAttachment {
  readonly made: CachedAttachment
  readonly ways: readonly PluginWay[]
}

/**
 * Reads the elements of table `inet vethra` and the settings of the host that native plugins gave an attachment. Empty
 * where the entry is damaged. Links are not among them, nor is anything inside the container. Planning a thousand takes
 * longer than looking at them: what was planned is kept as long as the entry is.
 */
export function effectsReader(): (native: NativeAttachment) => State {
  const known = new WeakMap<CachedAttachment, { readonly ways: string; readonly state: State }>()
  return (native) => {
    const ways = JSON.stringify(native.ways)
    const before = known.get(native.made)
    if (before?.ways === ways) return before.state
    const state = nativeEffects(native)
    known.set(native.made, { ways, state })
    return state
  }
}

function nativeEffects({ made, ways }: NativeAttachment): State {
  const list = cachedList(made)
  const prevResult = list && convertIfReadable(made.result ?? '', list)
  if (list === undefined || prevResult === undefined) return []
  const stages = stagesOf({ list, attachment: made.attachment, prevResult, ways })
  return stages.flatMap((call) => orElse(() => effectsOf(stageOf(call)), []))
}

function effectsOf({ requests, previous }: ReturnType<typeof stageOf>): State {
  const facts = { links: {} }
  return planFormer(requests, { facts, ...(previous ? { result: previous } : {}) }).filter(isOnHost)
}

function isOnHost({ resource }: Owned): boolean {
  // Whether the host forwards at all is its owner's matter, and a finding of its own.
  const isSetting =
    resource.kind === 'sysctl' && resource.place === 'host' && !/forward/.test(resource.key)
  return isSetting || isEffect(resource)
}

/** All that is remembered, to tell whose elements are left over; absent where nobody asks. */
export interface Known {
  readonly attachments: readonly AttachmentKey[]
  readonly networks: readonly string[]
  /** The networks that Vethra or nerdctl made. */
  readonly ours: readonly string[]
}

/** The kernel, absent where it cannot be asked, and what is looked for in it. */
interface Tables {
  readonly kernel: AttachmentKernel | undefined
  readonly native: readonly NativeAttachment[]
  readonly effectsOf: ReturnType<typeof effectsReader>
  readonly clock: Pick<Clock, 'yieldNow'>
}

/** Looks at table `inet vethra` for all attachments at once. */
export async function observeTable(
  { kernel, native, effectsOf, clock }: Tables,
  known: Known | undefined,
): Promise<ObservedTable> {
  if (kernel === undefined) return { missing: [], left: [], flushed: false }
  const wanted = await mapInTurns(clock, native, (each) => ({
    attachment: keyOfMade(each),
    state: effectsOf(each),
  }))
  const needed = neededPlaces(wanted)
  const all = [...needed.values()].map(({ to }) => to)
  const isInTable = ({ resource }: Owned) => isEffect(resource)
  const seen = await kernel.observe('', all)
  // Without its rules the table has no effect, whatever is in its sets.
  const isWhole = seen.some(isInTable) && (await kernel.isTableWhole())
  // What is made again has nothing of others afterwards.
  const strange = isWhole ? await kernel.strange() : []
  const isUnmarked = unmarkedAmong(strange)
  const observed = seen.filter((each) => !isInTable(each) || (isWhole && !isUnmarked(each)))
  const found = new Map(observed.map((each) => [placeOf(each), each]))
  return {
    missing: [...needed].flatMap(([place, each]) => missingAt(found.get(place), each)),
    flushed: !observed.some(isInTable) && all.filter(isInTable).length > 1,
    strange: beside(strange, all),
    ...(known ? await leftIn(kernel, known, wanted) : { left: [] }),
  }
}

/** A resource that attachments need on the host, and the first of them. */
interface Needed {
  readonly attachment: AttachmentKey
  readonly to: Owned
}

// A bridge, or a setting of the host, is needed by each attachment of its network.
function neededPlaces(wanted: readonly Wanted[]): ReadonlyMap<string, Needed> {
  const needed = new Map<string, Needed>()
  for (const { attachment, state } of wanted)
    for (const to of state) {
      const place = placeOf(to)
      if (!needed.has(place)) needed.set(place, { attachment, to })
    }
  return needed
}

function missingAt(
  from: Owned | undefined,
  { attachment, to }: Needed,
): readonly MissingResource[] {
  if (from && isAsWanted(to.resource, from.resource)) return []
  const due = from ? ({ kind: 'alter', from, to } as const) : ({ kind: 'make', to } as const)
  return isDue(due) ? [{ attachment, due }] : []
}

/** Whether an element of an effect is in the table without a mark: it is of others, or nobody would remove it. */
export function unmarkedAmong(strange: readonly StrangeEntry[]): (each: Owned) => boolean {
  const unmarked = new Set(strange.flatMap(({ element }) => (element ? placeText(element) : [])))
  return (each) => unmarked.size > 0 && placesOf(each).some((place) => unmarked.has(place))
}

// An element in a place that an attachment needs is put right with what it lacks.
function beside(strange: readonly StrangeEntry[], wanted: State): readonly StrangeEntry[] {
  const needed = new Set(strange.length > 0 ? wanted.flatMap(placesOf) : [])
  return strange.filter(({ element }) => !element || !needed.has(placeText(element)))
}

function placesOf({ resource, owner }: Owned): readonly string[] {
  if (!isEffect(resource)) return []
  return elementsOf(resource, owner).map(({ set, element: { key } }) => placeText({ set, key }))
}

function placeText({ set, key }: NonNullable<StrangeEntry['element']>): string {
  return [set, ...key.map((each) => each.replace(/\/\d+$/, ''))].join(' ')
}

/** The place of an effect, or of a setting: of two networks on one bridge, each has its subnets admitted. */
export function placeOf({ resource }: Owned): string {
  const subnets = resource.kind === 'admit' ? ` ${resource.subnets.join(' ')}` : ''
  return `${keyOf(resource)}${subnets}`
}

/** The key of an attachment that is remembered. */
export function keyOfMade({ made: { network, attachment } }: NativeAttachment): AttachmentKey {
  const { containerId, ifname } = attachment
  return { network, containerId, ifname }
}

async function leftIn(
  kernel: AttachmentKernel,
  { attachments, networks, ours }: Known,
  wanted: readonly Wanted[],
): Promise<Pick<ObservedTable, 'left' | 'doubtful' | 'extra'>> {
  const known = new Set([
    ...attachments.map(({ network, containerId, ifname }) =>
      ownerMark({ kind: 'attachment', network, containerId, ifname }),
    ),
    ...networks.map((network) => ownerMark({ kind: 'network', network })),
  ])
  const effects = await kernel.effects()
  const byMark = Map.groupBy(effects, ({ owner }) => ownerMark(owner))
  const unknown = [...byMark].filter(([mark]) => !known.has(mark))
  const marked = unknown.length === 0 ? new Set() : await livingMarks(kernel)
  const left = unknown.flatMap(([mark, [one, ...more]]) =>
    one === undefined || one.owner.kind === 'host' || marked.has(mark)
      ? []
      : [{ owner: one.owner, effects: [one, ...more] }],
  )
  // Another runtime may have called plugins of ours behind an interface plugin of its own, whose links bear no mark, and
  // keep no record that we know of. What masquerades is made by plugins that make interfaces.
  const isDead = ({ owner, effects }: (typeof left)[number]) =>
    ours.includes(owner.network) || effects.every(({ resource }) => resource.kind === 'masquerade')
  return {
    left: left.filter(isDead).map(({ owner }) => owner),
    doubtful: left.filter((each) => !isDead(each)).map(({ owner }) => owner),
    extra: ownStates(wanted, attachments).flatMap(({ owner, state }) => {
      const own = new Set(state.map(({ resource }) => keyOf(resource)))
      const more = (byMark.get(ownerMark(owner)) ?? []).filter(
        // What networks on one bridge share is not told apart, and the resolver has its own.
        ({ resource }) =>
          !own.has(keyOf(resource)) &&
          (owner.kind !== 'network' || resource.kind !== 'admit') &&
          !isOfResolver(resource),
      )
      return more.length > 0 ? [{ owner, effects: more }] : []
    }),
  }
}

/** Whether an effect is that of a resolver, which sees to it by itself. */
export function isOfResolver(resource: Resource): boolean {
  return resource.kind === 'isolate' && resource.from === 'dnsonly'
}

interface Wanted {
  readonly attachment: AttachmentKey
  readonly state: State
}

// What a network has is known where plugins in this process made all of its attachments.
function ownStates(
  wanted: readonly Wanted[],
  attachments: readonly AttachmentKey[],
): readonly { readonly owner: Exclude<Owner, { kind: 'host' }>; readonly state: State }[] {
  const known = new Set(wanted.map(({ attachment }) => attachmentText(attachment)))
  const unclear = new Set(
    attachments.flatMap((each) => (known.has(attachmentText(each)) ? [] : [each.network])),
  )
  const networks = Map.groupBy(wanted, ({ attachment }) => attachment.network)
  return [
    ...wanted.map(({ attachment, state }) => ({
      owner: { kind: 'attachment', ...attachment } as const,
      state,
    })),
    ...[...networks]
      .filter(([network]) => !unclear.has(network))
      .map(([network, all]) => ({
        owner: { kind: 'network', network } as const,
        state: all.flatMap(({ state }) => state),
      })),
  ]
}

/**
 * The marks of attachments that interfaces of the host bear, and those of their networks. A plugin that another
 * runtime calls leaves no record: what it made lives as long as its interface does.
 */
async function livingMarks(kernel: AttachmentKernel): Promise<ReadonlySet<string>> {
  const owners = (await kernel.marked()).map(({ owner }) => owner)
  return new Set(
    owners.flatMap((owner) =>
      owner.kind === 'attachment'
        ? [ownerMark(owner), ownerMark({ kind: 'network', network: owner.network })]
        : [],
    ),
  )
}
