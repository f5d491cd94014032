import { CniError, type ConfList, onCniError } from '@vethra/cni'
import { endOf } from '@vethra/container'
import {
  type DesiredNetwork,
  type DesiredState,
  type ObservedAttachment,
  type ObservedState,
  portLead,
} from '@vethra/findings'
import {
  hostportLeads,
  type MasqueradeRule,
  masqueradeRules,
  readFirewall,
  type SavedRules,
  unreadableTables,
} from '@vethra/firewall'
import { hangsAtLoopback, type Network, networkSubnets } from '@vethra/networks'
import { networkFeatures } from '@vethra/plugins'
import { programsOf } from '../attach/ways-now.ts'
import { attachedIds } from '../attach/whose.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { effectsOf } from './list-effects.ts'
import { keptNames, lostNetworks } from './lost-networks.ts'
import { markLinks } from './mark-links.ts'
import { observeTable } from './native-effects.ts'
import { observeAttachments, type SeenAttachments } from './observe-attachments.ts'
import { desiredContainers, observeContainers, type SeenContainers } from './observe-containers.ts'
import { observeHost } from './observe-host.ts'
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
  const namespaces = await tools.namespaces()
  const { networks, confFaults, shadowed } = await readNetworks(tools, namespaces)
  const lists = new Map(networks.map(({ name, list }) => [name, list]))
  // Programs are started first: they run while files are read.
  const [
    { firewall, host },
    kit,
    links,
    routes,
    portHolds,
    other,
    reservations,
    [known, attachments],
  ] = await Promise.all([
    // Programs of plugins are facts, and no difference that a repair is for.
    lookAtHost(tools, scope ? [] : networks),
    tools.host.rootless?.info().catch(onCniError((error) => error)),
    tools.kernel.links(),
    tools.kernel.routes(),
    tools.ports.list(),
    tools.otherSigns(),
    isFor(scope, 'release-address', 'reserve-address') ? readReservations(tools, networks) : [],
    lookAtContainers(tools, namespaces, { lists, scope }),
  ])
  const { containers, names } = known
  const observed = containers.map((each) => each.observed)
  const seen = attachments.observed
  await tools.clock.yieldNow?.()
  const kernel = await tools.host.kernel?.()
  const lost = isFor(scope, 'restore-kept-network', 'remove-elements')
    ? await lostNetworks(tools, namespaces, networks)
    : []
  const table = await observeTable(
    { kernel, native: attachments.native, effectsOf: tools.effectsOf, clock: tools.clock },
    isFor(scope, 'remove-elements')
      ? {
          attachments: seen,
          // What a lost network's containers shared is needed again once it is back.
          networks: [...[...networks, ...lost].map(({ name }) => name), ...podNetworks(seen)],
          ours: [
            ...networks.flatMap(({ managed, name }) => (managed ? [name] : [])),
            ...(await keptNames(tools, namespaces)),
          ],
        }
      : undefined,
  )
  const byNft =
    attachments.desired.some(({ masqueradedByNft }) => masqueradedByNft) ||
    networks.some(({ list }) => list.text.includes('nftables') && effectsOf(list).masqueradedByNft)
  const masquerades = byNft ? await masqueradesOf(tools) : undefined
  await tools.clock.yieldNow?.()
  const leads = seen.some(({ published }) => published) ? await leadsOf(tools, seen) : undefined
  // A table as long as the host is busy: read only where it matters.
  const publishesUdp = attachments.desired.some(({ ports }) =>
    ports.some(({ protocol }) => protocol === 'udp'),
  )
  const ids = (wanted: (each: (typeof seen)[number]) => boolean) =>
    new Set(seen.filter(wanted).map(({ containerId }) => containerId))
  return {
    desired: {
      networks: networks.map((each) => desiredNetwork(tools, each)),
      containers: desiredContainers(containers, seen, kit instanceof CniError ? 'silent' : kit),
      attachments: attachments.desired,
    },
    observed: {
      nowMs: tools.clock.now(),
      attachments: seen,
      reservations,
      signs: {
        ...other,
        cached: ids(({ remembered }) => remembered),
        recorded: ids(({ recorded }) => recorded),
      },
      containers: observed,
      portHolds,
      names,
      // No repair is for whose they are.
      links: scope ? links : await markLinks(kernel, links, seen),
      routes,
      flows: publishesUdp ? await tools.kernel.flows() : [],
      firewall,
      ...(masquerades ? { masquerades } : {}),
      table: leads ? { ...table, leads } : table,
      confFaults,
      shadowed,
      lost,
      damaged: attachments.damaged,
      host: kit instanceof CniError ? { ...host, kitFault: kit.message } : host,
    },
  }
}

async function masqueradesOf({
  host,
}: DoctorTools): Promise<readonly MasqueradeRule[] | undefined> {
  const listing = await host.rules.masquerading?.list()
  return listing === undefined ? undefined : masqueradeRules(listing)
}

// Where table `inet vethra` cannot be asked, nothing is known of what it leads where.
async function leadsOf(
  { host }: DoctorTools,
  attachments: readonly ObservedAttachment[],
): Promise<ReadonlySet<string> | undefined> {
  const effects = await (await host.kernel?.())?.effects()
  const facts = attachments.some(({ byNft }) => byNft) ? await host.facts?.() : undefined
  const tables = ((await facts?.hostportTables()) ?? []).flatMap(hostportLeads)
  const byNft = tables.map(({ protocol, first, to }) => portLead(protocol, first, to))
  const leads = effects?.flatMap(({ resource }) =>
    resource.kind === 'publish'
      ? [portLead(resource.protocol, resource.hostPort, endOf(resource.address, resource.port))]
      : [],
  )
  return leads && new Set([...leads, ...byNft])
}

// What pods have in a network whose conf list was removed under them is their runtime's to remove.
function podNetworks(attachments: readonly ObservedAttachment[]): readonly string[] {
  return attachments.flatMap(({ pod, network }) => (pod === undefined ? [] : [network]))
}

async function lookAtContainers(
  tools: DoctorTools,
  namespaces: readonly string[],
  {
    lists,
    scope,
  }: { readonly lists: ReadonlyMap<string, ConfList>; readonly scope: Scope | undefined },
): Promise<readonly [SeenContainers, SeenAttachments]> {
  const all = await tools.memory()
  const idOf = attachedIds(all.records)
  const recorded = new Set(all.records.map(({ containerId }) => containerId))
  await tools.clock.yieldNow?.()
  const known = await observeContainers(tools, namespaces, { idOf, recorded, scope })
  const memory = {
    ...all,
    records: all.records.filter((each) => isIn(scope, each)),
    cached: all.cached.filter(({ network, attachment }) => isIn(scope, { ...attachment, network })),
  }
  const stored = known.containers.flatMap(({ observed: { stored, nerdctls, containerId } }) =>
    stored && !nerdctls ? [containerId] : [],
  )
  return [
    known,
    await observeAttachments(tools, { memory, networks: lists, stored: new Set(stored) }),
  ]
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
