import { type AttachmentKey, orElse } from '@vethra/cni'
import type { MissingResource, ObservedTable } from '@vethra/findings'
import { elementsOf, isEffect } from '@vethra/firewall'
import { type PluginWay, planFormer } from '@vethra/plugins'
import { isAsWanted, isDue, keyOf, type Owned, type State } from '@vethra/state'
import type { AttachmentKernel, CachedAttachment, Clock, StrangeEntry } from '@vethra/world'
import { cachedList, convertIfReadable } from '../attach/cached-list.ts'
import { stageOf } from '../attach/stage-runner.ts'
import { stagesOf } from '../attach/stages-of.ts'
import { mapInTurns } from './in-turns.ts'
import { type Known, leftIn, type WantedEffects } from './left-effects.ts'

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
function neededPlaces(wanted: readonly WantedEffects[]): ReadonlyMap<string, Needed> {
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
