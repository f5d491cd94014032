import { CniError, onCniError, present } from '@vethra/cni'
import {
  type DesiredState,
  idsOf,
  type ObservedAttachment,
  type ObservedState,
} from '@vethra/findings'
import { readFirewall, unreadableTables } from '@vethra/firewall'
import { findNetwork, type Network } from '@vethra/networks'
import type { SeenNetwork } from '@vethra/world'
import { attachedIds } from '../attach/container-records.ts'
import { keyOf } from '../attach/membership.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { forgottenAttachments } from './forgotten.ts'
import { lostFiles } from './lost-files.ts'
import { observeAttachments, type SeenAttachments } from './observe-attachments.ts'
import { desiredContainers, observeContainers } from './observe-containers.ts'
import { observeHost } from './observe-host.ts'
import { observeInside } from './observe-inside.ts'
import { observeMounts } from './observe-mounts.ts'
import { leadsOf, masqueradesOf, observeTable } from './observe-tables.ts'
import { desiredNetwork, lostNetworks, readNetworks, readReservations } from './read-networks.ts'
import { marksOf } from './record-and-entry.ts'
import { isFor, isIn, type Scope } from './scope.ts'

/** The desired and the observed state of a host. */
export interface HostState {
  readonly desired: DesiredState
  readonly observed: ObservedState
}

/**
 * Looks at everything, or at all that concerns a scope, changing nothing: each kind of thing once, however many
 * containers there are. Throws CniError 5 for what cannot be read at all, 100 for a program that is missing.
 */
export async function observe(tools: DoctorTools, scope?: Scope): Promise<HostState> {
  const first = await lookAround(tools, scope)
  const { networks, attachments, containers } = first
  const seen = attachments.observed
  await tools.clock.yieldNow?.()
  const lost = isFor(scope, 'restore-kept-network', 'remove-elements')
    ? await lostNetworks(tools, first.namespaces, networks)
    : []
  const table = await observeTable(tools, scope, { ...first, lost })
  const masquerades = await masqueradesOf(tools, first, first.observed.firewall)
  await tools.clock.yieldNow?.()
  const leads = seen.some(({ published }) => published) ? await leadsOf(tools, seen) : undefined
  const links = straysOwned(first.links, isFor(scope, 'release-address') ? seen : undefined)
  return {
    desired: {
      networks: networks.map((each) => desiredNetwork(tools, each)),
      containers: desiredContainers({ ...first, attachments: seen }),
      attachments: attachments.desired,
    },
    observed: {
      ...first.observed,
      ...{ attachments: seen, damaged: attachments.damaged, lost, links, ...first.inside },
      lostFiles: await lostFiles(tools, scope, first),
      // No repair is for these.
      ...(!scope && first.looksInside ? { staleMounts: await observeMounts(tools, seen) } : {}),
      nowMs: tools.clock.now(),
      signs: signsOf(first.signs, seen, links),
      containers: containers.map((each) => each.observed),
      flows: await flowsOf(tools, attachments),
      ...present({ masquerades }),
      table: { ...table, ...present({ leads }) },
    },
  }
}

// Each thing once. Programs are started first: they run while files are read.
async function lookAround(tools: DoctorTools, scope: Scope | undefined) {
  const looked = tools.kernel.network()
  // No repair is for one of these.
  const looksAtEntries = !scope && tools.looksWithin
  const [rules, facts, bridgeEntries, trafficFilters, kit, network, portHolds, signs, seenFiles] =
    await Promise.all([
      lookAtRules(tools),
      tools.kernel.facts(),
      looksAtEntries ? tools.kernel.bridgeEntries() : [],
      looksAtEntries ? tools.kernel.trafficFilters() : [],
      tools.host.rootless?.info().catch(onCniError((error) => error)),
      looked,
      tools.ports.list(),
      tools.otherSigns(),
      lookAtFiles(tools, scope, looked),
    ])
  const { names, confFaults, shadowed, reservations, unread, ...seen } = seenFiles
  const isSilent = kit instanceof CniError
  const host = {
    ...{ ...facts, ...seen.host, unreadableRules: rules.unreadable },
    unknown: [...facts.unknown, ...unread],
    ...(isSilent ? { kitFault: kit.message } : {}),
  }
  const observed = {
    ...{ host, firewall: rules.firewall, routes: network.routes, rules: network.rules },
    ...{ bridgeEntries, trafficFilters, neighbours: looksAtEntries ? network.neighbours : [] },
    ...{ portHolds, names, reservations, confFaults, shadowed },
  }
  const rootless = isSilent ? ('silent' as const) : kit
  return { ...seen, rootless, links: network.links, signs, observed }
}

// Networks first: by them all else is read.
async function lookAtFiles(
  tools: DoctorTools,
  scope: Scope | undefined,
  looked: Promise<SeenNetwork>,
) {
  const namespaces = await tools.namespaces()
  const networks = await readNetworks(tools, namespaces)
  const [host, reservations, around] = await Promise.all([
    // Programs of plugins are facts, and no difference that a repair is for.
    scope
      ? observeHost({ ...tools, looksWithin: false }, [])
      : observeHost(tools, networks.networks),
    isFor(scope, 'release-address', 'reserve-address')
      ? readReservations(tools, networks.networks)
      : { reservations: [], unread: [] },
    lookAtContainers(tools, scope, { namespaces, networks: networks.networks, looked }),
  ])
  return { namespaces, ...networks, host, ...reservations, ...around }
}

async function lookAtContainers(
  tools: DoctorTools,
  scope: Scope | undefined,
  {
    namespaces,
    networks,
    looked,
  }: {
    readonly namespaces: readonly string[]
    readonly networks: readonly Network[]
    readonly looked: Promise<SeenNetwork>
  },
) {
  const all = await tools.memory()
  const idOf = attachedIds(all.records)
  const recorded = idsOf(all.records)
  await tools.clock.yieldNow?.()
  const known = await observeContainers(tools, namespaces, { idOf, recorded, scope })
  const forgotten = await forgottenAttachments(tools, known.containers, { networks, memory: all })
  const memory = {
    ...all,
    records: all.records.filter((each) => isIn(scope, each)),
    cached: [...all.cached, ...forgotten].filter((each) => isIn(scope, keyOf(each))),
  }
  const stored = known.containers.flatMap(({ observed, record }) => {
    if (!observed.stored || observed.nerdctls) return []
    const asked = record?.networks.map(({ ref }) => findNetwork(networks, ref)?.name)
    return [[observed.containerId, asked?.includes(undefined) ? undefined : asked] as const]
  })
  const lists = new Map(networks.map(({ name, list }) => [name, list]))
  const homes = new Map(
    known.containers.map(({ observed, home }) => [observed.containerId, home] as const),
  )
  const marks = marksOf((await looked).links)
  const facts = { memory, networks: lists, stored: new Map(stored), homes, marks }
  const attachments = await observeAttachments(tools, facts)
  const looksInside = tools.looksInside(attachments.living.length)
  const inside =
    isFor(scope, 'restore-inside') && looksInside
      ? await observeInside(tools, attachments.living, attachments.observed)
      : { inside: [] }
  return { ...known, attachments, looksInside, inside }
}

async function lookAtRules({
  host,
}: DoctorTools): Promise<
  Pick<ObservedState, 'firewall'> & { readonly unreadable: readonly string[] }
> {
  // Rules that cannot be read are a finding, and no reason to see nothing else.
  const saved = await host.rules.save().catch(onCniError((error) => error))
  if (saved instanceof CniError) {
    const { message, details = '' } = saved
    return { firewall: [], unreadable: [`${message} ${details}`.trim()] }
  }
  return { firewall: saved.map(readFirewall), unreadable: saved.flatMap(unreadableTables) }
}

// With the owners of those that no attachment is known to have, where these are asked for.
function straysOwned(
  links: ObservedState['links'],
  attachments: readonly ObservedAttachment[] | undefined,
): ObservedState['links'] {
  const known = new Set(attachments?.map(({ hostLink }) => hostLink))
  return links.map(({ owner, ...link }) =>
    owner && attachments && !known.has(link.name) ? { ...link, owner } : link,
  )
}

function signsOf(
  signs: Omit<ObservedState['signs'], 'cached' | 'recorded'>,
  seen: readonly ObservedAttachment[],
  links: ObservedState['links'],
): ObservedState['signs'] {
  // An interface that bears a container's mark is there as long as its namespace, though nothing remembers its attachment.
  const marked = idsOf(links.flatMap(({ owner }) => (owner?.kind === 'attachment' ? [owner] : [])))
  return {
    ...signs,
    namespaces: { has: (id) => marked.has(id) || signs.namespaces.has(id) },
    cached: idsOf(seen.filter(({ remembered }) => remembered)),
    recorded: idsOf(seen.filter(({ recorded }) => recorded)),
  }
}

// A table as long as the host is busy: read only where it matters.
async function flowsOf(
  { kernel }: DoctorTools,
  { desired }: SeenAttachments,
): Promise<ObservedState['flows']> {
  const publishesUdp = desired.some(({ ports }) => ports.some(({ protocol }) => protocol === 'udp'))
  return publishesUdp ? await kernel.flows() : []
}
