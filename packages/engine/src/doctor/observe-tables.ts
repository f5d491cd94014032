import type { AttachmentKey } from '@vethra/cni'
import { joinHostPort } from '@vethra/container'
import {
  type DesiredAttachment,
  type MissingResource,
  type ObservedAttachment,
  type ObservedState,
  type ObservedTable,
  portLead,
} from '@vethra/findings'
import { hostportLeads, isEffect, type MasqueradeRule, masqueradeRules } from '@vethra/firewall'
import type { Network } from '@vethra/networks'
import { isPluginName } from '@vethra/plugins/names'
import { isAsWanted, isDue, type Owned } from '@vethra/state'
import { keyOf } from '../attach/membership.ts'
import { type DoctorTools, mapInTurns } from './doctor-tools.ts'
import { type Known, leftIn, type WantedEffects } from './left-effects.ts'
import { effectsOf } from './list-effects.ts'
import { elementText, elementTexts, placeOf, unmarkedAmong } from './native-effects.ts'
import type { SeenAttachments } from './observe-attachments.ts'
import { keptNames } from './read-networks.ts'
import { isFor, type Scope } from './scope.ts'

/** The facts that tables are looked at with. */
interface Looked {
  readonly networks: readonly Network[]
  readonly attachments: SeenAttachments
  readonly namespaces: readonly string[]
  /** Networks that come back from their copies. */
  readonly lost: readonly { readonly name: string }[]
}

/** Looks at table `inet vethra` for all attachments at once: what is missing in it, and where nothing is left out, what is too much. */
export async function observeTable(
  tools: DoctorTools,
  scope: Scope | undefined,
  look: Looked,
): Promise<ObservedTable> {
  const kernel = await tools.host.kernel?.()
  if (kernel === undefined) return { missing: [], left: [], flushed: false }
  const wanted = await mapInTurns(tools.clock, look.attachments.native, (each) => ({
    attachment: keyOf(each.made),
    state: tools.effectsOf(each),
    isAll: each.ways.every(({ type, way }) => way === 'native' || !isPluginName(type)),
  }))
  const needed = neededPlaces(wanted)
  const all = [...needed.values()].map(({ to }) => to)
  const isInTable = ({ resource }: Owned) => isEffect(resource)
  const seen = await kernel.observe('', all)
  // Without its rules the table has no effect, whatever is in its sets.
  const isWhole = seen.some(isInTable) && (await kernel.isTableWhole())
  // What is made again has nothing of others afterwards, unless it cannot be made.
  const others = needed.size > 0 ? await kernel.strange() : []
  const strange = others.filter(({ comment }) => isWhole || comment !== undefined)
  const isUnmarked = unmarkedAmong(strange)
  const observed = seen.filter((each) => !isInTable(each) || (isWhole && !isUnmarked(each)))
  const found = new Map(observed.map((each) => [placeOf(each), each]))
  // An element in a place that an attachment needs is put right with what it lacks.
  const elements = new Set(strange.length > 0 ? all.flatMap(elementTexts) : [])
  return {
    missing: [...needed].flatMap(([place, each]) => missingAt(found.get(place), each)),
    flushed: !observed.some(isInTable) && all.filter(isInTable).length > 1,
    strange: strange.filter(({ element }) => !element || !elements.has(elementText(element))),
    ...(isFor(scope, 'remove-elements')
      ? await leftIn(kernel, await known(tools, look), wanted)
      : { left: [] }),
  }
}

interface Needed {
  readonly attachment: AttachmentKey
  readonly to: Owned
}

// A bridge, or a setting of the host, is needed by each attachment of its network: the first stands for all.
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

// To tell whose elements are left over.
async function known(
  tools: DoctorTools,
  { networks, lost, attachments, namespaces }: Looked,
): Promise<Known> {
  const seen = attachments.observed
  const managed = networks.flatMap((each) => (each.managed ? [each.name] : []))
  // What pods have in a network whose conf list was removed under them is their runtime's to remove.
  const ofPods = seen.flatMap(({ pod, network }) => (pod === undefined ? [] : [network]))
  return {
    attachments: seen,
    // What a lost network's containers shared is needed again once it is back.
    networks: [...[...networks, ...lost].map(({ name }) => name), ...ofPods],
    ours: [...managed, ...(await keptNames(tools, namespaces))],
  }
}

/** The ends that published ports lead to, by all tables. Undefined where table `inet vethra` cannot be asked. */
export async function leadsOf(
  { host }: DoctorTools,
  attachments: readonly ObservedAttachment[],
): Promise<ReadonlySet<string> | undefined> {
  const effects = await (await host.kernel?.())?.effects()
  const facts = attachments.some(({ byNft }) => byNft) ? await host.facts?.() : undefined
  const tables = ((await facts?.hostportTables()) ?? []).flatMap(hostportLeads)
  const byNft = tables.map(({ protocol, first, to }) => portLead({ protocol, hostPort: first }, to))
  const leads = effects?.flatMap(({ resource }) =>
    resource.kind === 'publish'
      ? [portLead(resource, joinHostPort(resource.address, resource.port))]
      : [],
  )
  return leads && new Set([...leads, ...byNft])
}

/** The rules of plugins that masquerade by nftables; undefined where no network has any. */
export async function masqueradesOf(
  { host }: DoctorTools,
  { attachments, networks }: Pick<Looked, 'attachments' | 'networks'>,
  firewall: ObservedState['firewall'],
): Promise<readonly MasqueradeRule[] | undefined> {
  const byIptables = new Set(
    firewall.flatMap(({ owned }) => [...owned.values()].flatMap((each) => each.masqueraded)),
  )
  // Plugins that found no iptables masquerade by nftables, whatever the conf list says.
  const isUnseen = ({ masqueraded, inTable, addresses }: DesiredAttachment) =>
    masqueraded &&
    !inTable.includes('masquerading') &&
    !addresses.some(({ address }) => byIptables.has(address))
  const byNft =
    attachments.desired.some((each) => each.masqueradedByNft || isUnseen(each)) ||
    networks.some(({ list }) => list.text.includes('nftables') && effectsOf(list).masqueradedByNft)
  if (!byNft) return undefined
  const listing = await host.rules.masquerading?.list()
  return listing === undefined ? undefined : masqueradeRules(listing)
}
