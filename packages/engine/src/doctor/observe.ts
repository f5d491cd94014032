import type {
  DesiredNetwork,
  DesiredState,
  ObservedAttachment,
  ObservedState,
} from '@vethra/findings'
import { hangsAtLoopback, type Network, networkSubnets } from '@vethra/networks'
import { networkFeatures } from '@vethra/plugins'
import { programsOf } from '../attach/ways-now.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { effectsOf } from './list-effects.ts'
import { lookAround } from './look-around.ts'
import { leadsOf, lookAtTable, masqueradesOf } from './look-at-tables.ts'
import { lostNetworks } from './lost-networks.ts'
import { markLinks } from './mark-links.ts'
import type { SeenAttachments } from './observe-attachments.ts'
import { desiredContainers } from './observe-containers.ts'
import { isFor, type Scope } from './scope.ts'

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
  const masquerades = await masqueradesOf(tools, first)
  await tools.clock.yieldNow?.()
  const leads = seen.some(({ published }) => published) ? await leadsOf(tools, seen) : undefined
  return {
    desired: {
      networks: networks.map((each) => desiredNetwork(tools, each)),
      containers: desiredContainers(containers, seen, first.rootless),
      attachments: attachments.desired,
    },
    observed: {
      ...first.observed,
      ...{ attachments: seen, damaged: attachments.damaged, lost },
      nowMs: tools.clock.now(),
      signs: { ...first.signs, ...rememberedIds(seen) },
      containers: containers.map((each) => each.observed),
      // No repair is for whose they are.
      links: scope ? links : await markLinks(kernel, links, seen),
      flows: await flowsOf(tools, attachments),
      ...(masquerades ? { masquerades } : {}),
      table: leads ? { ...table, leads } : table,
    },
  }
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
