import { CniError, onCniError, present } from '@vethra/cni'
import type {
  DesiredNetwork,
  DesiredState,
  ObservedAttachment,
  ObservedState,
} from '@vethra/findings'
import { readFirewall, type SavedRules, unreadableTables } from '@vethra/firewall'
import { hangsAtLoopback, type Network, networkSubnets } from '@vethra/networks'
import { networkFeatures } from '@vethra/plugins'
import { programsOf } from '../attach/ways-now.ts'
import { attachedIds } from '../attach/whose.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { forgottenAttachments } from './forgotten.ts'
import { effectsOf } from './list-effects.ts'
import { leadsOf, lookAtTable, masqueradesOf } from './look-at-tables.ts'
import { lostFiles } from './lost-files.ts'
import { lostNetworks } from './lost-networks.ts'
import { markLinks } from './mark-links.ts'
import { observeAttachments, type SeenAttachments } from './observe-attachments.ts'
import { desiredContainers, observeContainers, type SeenContainers } from './observe-containers.ts'
import { observeHost } from './observe-host.ts'
import { observeInside, observeMounts } from './observe-inside.ts'
import { readNetworks } from './read-networks.ts'
import { readReservations } from './read-reservations.ts'
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
  const { networks, attachments, containers, links } = first
  const seen = attachments.observed
  await tools.clock.yieldNow?.()
  const kernel = await tools.host.kernel?.()
  const lost = isFor(scope, 'restore-kept-network', 'remove-elements')
    ? await lostNetworks(tools, first.namespaces, networks)
    : []
  const table = await lookAtTable(tools, scope, { ...first, lost, kernel })
  const looksInside = tools.looksInside(attachments.living.length)
  const inside =
    isFor(scope, 'restore-inside') && looksInside
      ? await observeInside(tools, attachments.living, seen)
      : []
  const masquerades = await masqueradesOf(tools, { ...first, ...first.observed })
  await tools.clock.yieldNow?.()
  const leads = seen.some(({ published }) => published) ? await leadsOf(tools, seen) : undefined
  const marked = isFor(scope, 'release-address') ? await markLinks(kernel, links, seen) : links
  return {
    desired: {
      networks: networks.map((each) => desiredNetwork(tools, each)),
      containers: desiredContainers(containers, seen, first.rootless),
      attachments: attachments.desired,
    },
    observed: {
      ...first.observed,
      ...{ attachments: seen, damaged: attachments.damaged, lost, inside },
      ...(tools.looksWithin ? { lostFiles: await lostFiles(tools, networks, containers) } : {}),
      // No repair is for these.
      ...(!scope && looksInside ? { staleMounts: await observeMounts(tools, seen) } : {}),
      nowMs: tools.clock.now(),
      signs: { ...withMarked(first.signs, marked), ...rememberedIds(seen) },
      containers: containers.map((each) => each.observed),
      links: marked,
      flows: await flowsOf(tools, attachments),
      ...(masquerades ? { masquerades } : {}),
      table: leads ? { ...table, leads } : table,
    },
  }
}

// Each thing once. Programs are started first: they run while files are read.
async function lookAround(tools: DoctorTools, scope: Scope | undefined) {
  const namespaces = await tools.namespaces()
  const { networks, confFaults, shadowed } = await readNetworks(tools, namespaces)
  const [rules, kit, links, routes, neighbours, portHolds, signs, seen, [known, attachments]] =
    await Promise.all([
      // Programs of plugins are facts, and no difference that a repair is for.
      scope ? lookAtHost({ ...tools, looksWithin: false }, []) : lookAtHost(tools, networks),
      tools.host.rootless?.info().catch(onCniError((error) => error)),
      tools.kernel.links(),
      tools.kernel.routes(),
      // No repair is for one.
      scope || !tools.looksWithin ? undefined : tools.kernel.neighbours(),
      tools.ports.list(),
      tools.otherSigns(),
      isFor(scope, 'release-address', 'reserve-address')
        ? readReservations(tools, networks)
        : { reservations: [], unread: [] },
      lookAtContainers(tools, scope, { namespaces, networks }),
    ])
  const { containers, names } = known
  const isSilent = kit instanceof CniError
  const { reservations, unread } = seen
  const host = {
    ...rules.host,
    unknown: [...rules.host.unknown, ...unread],
    ...(isSilent ? { kitFault: kit.message } : {}),
  }
  const seenOnce = { ...rules, host, routes, ...present({ neighbours }), portHolds, names }
  const observed = { ...seenOnce, reservations, confFaults, shadowed }
  const rootless = isSilent ? ('silent' as const) : kit
  return { namespaces, networks, rootless, links, signs, containers, attachments, observed }
}

async function lookAtContainers(
  tools: DoctorTools,
  scope: Scope | undefined,
  {
    namespaces,
    networks,
  }: { readonly namespaces: readonly string[]; readonly networks: readonly Network[] },
): Promise<readonly [SeenContainers, SeenAttachments]> {
  const all = await tools.memory()
  const idOf = attachedIds(all.records)
  const recorded = new Set(all.records.map(({ containerId }) => containerId))
  await tools.clock.yieldNow?.()
  const known = await observeContainers(tools, namespaces, { idOf, recorded, scope })
  const forgotten = await forgottenAttachments(tools, known.containers, { networks, memory: all })
  const memory = {
    ...all,
    records: all.records.filter((each) => isIn(scope, each)),
    cached: [...all.cached, ...forgotten].filter(({ network, attachment }) =>
      isIn(scope, { ...attachment, network }),
    ),
  }
  const lists = new Map(networks.map(({ name, list }) => [name, list]))
  const stored = known.containers.flatMap(({ observed: { stored, nerdctls, containerId } }) =>
    stored && !nerdctls ? [containerId] : [],
  )
  return [
    known,
    await observeAttachments(tools, { memory, networks: lists, stored: new Set(stored) }),
  ]
}

async function lookAtHost(
  tools: DoctorTools,
  networks: readonly Network[],
): Promise<Pick<ObservedState, 'firewall' | 'host'>> {
  const [saved, host] = await Promise.all([saveRules(tools), observeHost(tools, networks)])
  if (saved instanceof CniError) {
    const { message, details = '' } = saved
    return { firewall: [], host: { ...host, unreadableRules: [`${message} ${details}`.trim()] } }
  }
  return {
    firewall: saved.map(readFirewall),
    host: { ...host, unreadableRules: saved.flatMap(unreadableTables) },
  }
}

// Rules that cannot be read are a finding, and no reason to see nothing else.
async function saveRules({ host }: DoctorTools): Promise<readonly SavedRules[] | CniError> {
  return host.rules.save().catch(onCniError((error) => error))
}

// An interface that bears a container's mark is there as long as its namespace, though nothing remembers its attachment.
function withMarked(
  signs: Omit<ObservedState['signs'], 'cached' | 'recorded'>,
  links: ObservedState['links'],
) {
  const marked = links.flatMap(({ owner }) => (owner?.kind === 'attachment' ? [owner] : []))
  const ids = new Set(marked.map(({ containerId }) => containerId))
  const has = (id: string) => ids.has(id) || signs.namespaces.has(id)
  return { ...signs, namespaces: { has } }
}

function rememberedIds(
  seen: readonly ObservedAttachment[],
): Pick<ObservedState['signs'], 'cached' | 'recorded'> {
  const ids = (wanted: (each: ObservedAttachment) => boolean) =>
    new Set(seen.filter(wanted).map(({ containerId }) => containerId))
  return {
    cached: ids(({ remembered }) => remembered),
    recorded: ids(({ recorded }) => recorded),
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

function desiredNetwork({ host }: DoctorTools, network: Network): DesiredNetwork {
  const { name, file, managed, list } = network
  const programs = programsOf(host, list)
  const { bridge, routed, isolation, filtered } = effectsOf(list)
  return {
    name,
    file,
    ours: managed,
    subnets: networkSubnets(network).map(({ subnet }) => subnet),
    ...(bridge === undefined ? {} : { bridge: bridge.name }),
    routed,
    isolation,
    filtered,
    // In this process portmap leaves ::1 out by itself.
    hangsAtLoopback: hangsAtLoopback(network) && programs.includes('portmap'),
    programs,
    features: networkFeatures(list),
    cniVersion: list.cniVersion,
  }
}
