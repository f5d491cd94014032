import { type ConfList, orElse, parseResult, type Result } from '@vethra/cni'
import { elementsOf, isEffect } from '@vethra/firewall'
import { type PluginRequest, type PluginWay, planFormer } from '@vethra/plugins'
import { keyOf, type Owned, type State } from '@vethra/state'
import type { CachedAttachment, StrangeEntry } from '@vethra/world'
import { listReader } from '../attach/cached-list.ts'
import { stagesOf } from '../attach/run.ts'
import { stageOf } from '../attach/stage-runner.ts'

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
  const listOf = listReader()
  return (native) => {
    const ways = JSON.stringify(native.ways)
    const before = known.get(native.made)
    if (before?.ways === ways) return before.state
    const state = nativeEffects(native, listOf(native.made))
    known.set(native.made, { ways, state })
    return state
  }
}

function nativeEffects({ made, ways }: NativeAttachment, list: ConfList | undefined): State {
  const read = list && orElse(() => parseResult(made.result ?? '', list.cniVersion), undefined)
  if (list === undefined || read === undefined) return []
  // What is planned takes the result as a value: no request has its text.
  const stages = stagesOf({ list, attachment: made.attachment, ways })
  return stages.flatMap((call) =>
    orElse(() => plannedOnHost(stageOf(call).requests, read.result), []),
  )
}

function plannedOnHost(requests: readonly PluginRequest[], result: Result): State {
  // What ADD found is known by its MAC: a bridge of others is none that is made.
  const onHost = result.interfaces.filter(({ sandbox }) => !sandbox)
  const links = onHost.map(({ name, mac = '' }) => [name, { kind: 'bridge', mac, mtu: 0 }] as const)
  const facts = { links: Object.fromEntries(links) }
  const planned = planFormer(requests, { facts, result })
  return planned.filter(
    ({ resource }) =>
      isEffect(resource) ||
      // Whether the host forwards at all is its owner's matter, and a finding of its own.
      (resource.kind === 'sysctl' && resource.place === 'host' && !/forward/.test(resource.key)),
  )
}

/** Whether an element of an effect is in the table without a mark: it is of others, or nobody would remove it. */
export function unmarkedAmong(strange: readonly StrangeEntry[]): (each: Owned) => boolean {
  const unmarked = new Set(strange.flatMap(({ element }) => (element ? elementText(element) : [])))
  return (each) => unmarked.size > 0 && elementTexts(each).some((text) => unmarked.has(text))
}

/** The elements of an effect, each as `elementText` writes it. */
export function elementTexts({ resource, owner }: Owned): readonly string[] {
  if (!isEffect(resource)) return []
  return elementsOf(resource, owner).map(({ set, element: { key } }) => elementText({ set, key }))
}

/** An element by its set and its key, as one text. */
export function elementText({ set, key }: NonNullable<StrangeEntry['element']>): string {
  return [set, ...key.map((each) => each.replace(/\/\d+$/, ''))].join(' ')
}

/** The place of an effect, or of a setting: of two networks on one bridge, each has its subnets admitted. */
export function placeOf({ resource }: Owned): string {
  const subnets = resource.kind === 'admit' ? ` ${resource.subnets.join(' ')}` : ''
  return `${keyOf(resource)}${subnets}`
}
