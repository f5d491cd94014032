import { CniError, type ConfList, onCniError } from '@vethra/cni'
import type { ObservedState } from '@vethra/findings'
import { readFirewall, type SavedRules, unreadableTables } from '@vethra/firewall'
import type { Network } from '@vethra/networks'
import { attachedIds } from '../attach/whose.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { observeAttachments, type SeenAttachments } from './observe-attachments.ts'
import {
  type desiredContainers,
  observeContainers,
  type SeenContainers,
} from './observe-containers.ts'
import { observeHost } from './observe-host.ts'
import { readNetworks } from './read-networks.ts'
import { readReservations } from './read-reservations.ts'
import { isFor, isIn, type Scope } from './scope.ts'

/** The networks and all that needs nothing else, each thing once. */
export interface FirstLook {
  readonly namespaces: readonly string[]
  readonly networks: readonly Network[]
  /** The RootlessKit that this process is inside of, or that it does not answer. */
  readonly rootless: Parameters<typeof desiredContainers>[2]
  readonly links: ObservedState['links']
  /** Signs of containers but those of attachments. */
  readonly signs: Awaited<ReturnType<DoctorTools['otherSigns']>>
  readonly containers: SeenContainers['containers']
  readonly attachments: SeenAttachments
  /** The parts of the observed state that are whole already. */
  readonly observed: Pick<
    ObservedState,
    | 'firewall'
    | 'host'
    | 'routes'
    | 'portHolds'
    | 'names'
    | 'reservations'
    | 'confFaults'
    | 'shadowed'
  >
}

/** Looks at each thing once. Programs are started first: they run while files are read. */
export async function lookAround(tools: DoctorTools, scope: Scope | undefined): Promise<FirstLook> {
  const namespaces = await tools.namespaces()
  const { networks, confFaults, shadowed } = await readNetworks(tools, namespaces)
  const lists = new Map(networks.map(({ name, list }) => [name, list]))
  const [rules, kit, links, routes, portHolds, signs, reservations, [known, attachments]] =
    await Promise.all([
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
  const isSilent = kit instanceof CniError
  const host = isSilent ? { ...rules.host, kitFault: kit.message } : rules.host
  const observed = { ...rules, host, routes, portHolds, names, reservations, confFaults, shadowed }
  const rootless = isSilent ? 'silent' : kit
  return { namespaces, networks, rootless, links, signs, containers, attachments, observed }
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
