import { readAddress } from '@vethra/address'
import { orElse } from '@vethra/cni'
import {
  assignPorts,
  brokenPromises,
  checkHostIps,
  formatSocket,
  type HeldMapping,
  type ListeningSocket,
  type PortFacts,
  type PortMapping,
  type PortRequest,
  parsePortSpecs,
  parseStoredMappings,
  takesPorts,
} from '@vethra/container'
import type { ObservedPortHold } from '@vethra/findings'
import { attachmentChains, type ForwardedPorts, forwardedPorts } from '@vethra/firewall'
import { findNetwork, hangsAtLoopback, networkSubnets } from '@vethra/networks'
import type { CachedAttachment, ListeningPort } from '@vethra/world'
import { attachedIdOf, attachedIds } from '../attach/container-records.ts'
import { programsOf } from '../attach/ways-now.ts'
import { containerLabels, recordsOfAll } from '../network/network-users.ts'
import type { ManageTools } from '../network/tools.ts'
import { foreignForwards } from '../rootless/foreign-forwards.ts'
import type { Preparing } from './prepare-tools.ts'

/** A container, what `-p` asks for it, and its networks as they were asked for. */
export interface PublishRequest {
  readonly id: string
  readonly publish: readonly string[]
  readonly refs: readonly string[]
}

/** A container's ports with host ports chosen, by its first network that can; warnings for later. Throws CniError 103 for a spec, 102 for a port. */
export async function portsOf(
  tools: Preparing,
  { id, publish, refs }: PublishRequest,
): Promise<readonly PortMapping[]> {
  const { caller } = tools
  const [networkRef = ''] = refs
  const requests = parsePortSpecs(publish)
  checkHostIps(requests)
  if (requests.length === 0) return []
  if (/^(host|none)$|^ns:/.test(networkRef)) {
    caller.complain(`warning: published ports are left out: the network is ${networkRef}`)
    return []
  }
  const facts = await portFacts(tools, requests, { id, refs })
  const ports = assignPorts(requests, facts)
  // Where RootlessKit forwards, it leads what comes by either family to the one inside.
  const isForwarded = (await tools.host.rootless?.info())?.portDriver === 'explicit'
  const unreached = isForwarded ? [] : deadEnds(requests, facts.families)
  const warnings = [...brokenPromises(ports, facts.promised), ...unreached]
  for (const warning of warnings) caller.complain(`warning: ${warning}`)
  return ports
}

// What the host and its containers have taken already.
async function portFacts(
  tools: Preparing,
  requests: readonly PortRequest[],
  { id, refs }: Pick<PublishRequest, 'id' | 'refs'>,
): Promise<Required<PortFacts>> {
  const { host, ports, effects, settings } = tools
  const entries = await host.cache.list()
  const own = await attachedIdOf(host.records, { namespace: settings.namespace, id })
  const labels = await containerLabels(tools)
  const by = (pluginId: string) => `container ${labels.get(pluginId) ?? pluginId}`
  const others = entries.filter(({ attachment }) => attachment.containerId !== own)
  const attached = new Set(entries.map(({ attachment }) => attachment.containerId)).add(own)
  const holds = await ports.list()
  return {
    promised: await promisedPorts(tools, attached, by),
    families: await familiesOf(tools, refs),
    listening: await namedSockets(tools, requests, heldBy(holds, own)),
    mapped: [
      ...mappedPorts(others, by),
      ...(await ruledPorts(tools, entries, own)),
      ...(await foreignForwards({ ...host, holds: holds.flatMap(({ sockets }) => sockets) })),
    ],
    ephemeral: await effects.ephemeralPorts(),
    seed: seedOf(id),
  }
}

async function familiesOf(
  { known, host, caller }: Preparing,
  refs: readonly string[],
): Promise<readonly (4 | 6)[]> {
  // The default network, which can publish, appears on its first use.
  const asked = refs.map((ref) => findNetwork(known, ref))
  const index = asked.findIndex((each) => each === undefined || takesPorts(each.list))
  const network = asked[Math.max(index, 0)]
  if (network === undefined) return [4]
  if (index === -1)
    caller.complain(`warning: network ${network.name} publishes no ports: it has no plugin portmap`)
  if (hangsAtLoopback(network) && programsOf(host, network.list).includes('portmap'))
    caller.complain(
      `warning: connections to published ports at [::1] hang: ${network.file} has no conditionsV6`,
    )
  const subnets = networkSubnets(network).map(({ subnet }) => subnet)
  const families = ([4, 6] as const).filter((family) =>
    subnets.some((subnet) => subnet.includes(':') === (family === 6)),
  )
  return families.length > 0 ? families : [4]
}

// Behind an address of the host of the other family there is no address of the container.
function deadEnds(
  requests: readonly PortRequest[],
  families: readonly (4 | 6)[],
): readonly string[] {
  return requests.flatMap(({ text, hostIP = '' }) => {
    const family = readAddress(hostIP)?.family
    if (family === undefined || families.includes(family)) return []
    return [`-p ${text} reaches no container: this one gets no IPv${family} address`]
  })
}

// The same container gets the same random ports again while they are free, so that preparing a bundle
// twice gives the same bundle.
function seedOf(id: string): number {
  return [...id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7)
}

function mappedPorts(
  entries: readonly CachedAttachment[],
  by: (pluginId: string) => string,
): readonly HeldMapping[] {
  return entries.flatMap(({ attachment: { containerId, capabilityArgs } }) =>
    // Of another runtime it may be anything.
    orElse(() => parseStoredMappings(capabilityArgs['portMappings'] ?? []), []).map((mapping) => ({
      ...mapping,
      by: by(containerId),
    })),
  )
}

// The ports of containers that are prepared or stopped: nothing of them is attached.
async function promisedPorts(
  tools: ManageTools,
  attached: ReadonlySet<string>,
  by: (pluginId: string) => string,
): Promise<readonly HeldMapping[]> {
  const idOf = attachedIds(await tools.host.records.list())
  return (await recordsOfAll(tools)).flatMap(({ namespace, id, ports }) => {
    const pluginId = idOf({ namespace, id })
    if (attached.has(pluginId)) return []
    return ports.map((mapping) => ({ ...mapping, by: by(pluginId) }))
  })
}

// The ports that rules of the firewall forward, of whichever tool; this container's own chains are no hindrance to
// it.
async function ruledPorts(
  { host }: ManageTools,
  entries: readonly CachedAttachment[],
  own: string,
): Promise<readonly HeldMapping[]> {
  const chains = entries
    .filter(({ attachment }) => attachment.containerId === own)
    .flatMap(({ network }) => attachmentChains(network, own))
  const saved = await host.rules.save()
  return saved.flatMap(({ family, text }) =>
    forwardedPorts(text, chains).flatMap((each) =>
      asMappings(each, family === 4 ? '0.0.0.0' : '::'),
    ),
  )
}

function asMappings(rule: ForwardedPorts, everyAddress: string): readonly HeldMapping[] {
  const to = rule.to === '' ? '' : ` that leads to ${rule.to}`
  const protocols = rule.protocol === '' ? (['tcp', 'udp', 'sctp'] as const) : [rule.protocol]
  const known = protocols.filter((each) => each === 'tcp' || each === 'udp' || each === 'sctp')
  const count = rule.last - rule.first + 1
  return known.flatMap((protocol) =>
    Array.from({ length: count }, (_, index) => ({
      hostPort: rule.first + index,
      containerPort: 0,
      protocol,
      hostIP: rule.address === '' ? everyAddress : rule.address,
      by: `a rule in chain ${rule.chain} of the firewall${to}`,
    })),
  )
}

// The listening sockets of others; those that a request may meet with their processes: finding one costs a look at
// all open files of the host.
async function namedSockets(
  { effects }: ManageTools,
  requests: readonly PortRequest[],
  own: ReadonlySet<string>,
): Promise<readonly ListeningSocket[]> {
  const sockets = (await effects.listeningPorts()).filter((each) => !own.has(asText(each)))
  const inTheWay = sockets.filter((each) => requests.some((request) => names(request, each)))
  const holders = await effects.socketHolders(new Set(inTheWay.map(({ inode }) => inode)))
  return sockets.map(({ inode, ...socket }) => {
    const holder = holders.get(inode)
    if (!holder) return socket
    return { ...socket, by: `process ${holder.command || '?'} (pid ${holder.pid})` }
  })
}

// The sockets that a process of ours holds for a container: one that runs already has its ports.
function heldBy(holds: readonly ObservedPortHold[], own: string): ReadonlySet<string> {
  return new Set(holds.find(({ containerId }) => containerId === own)?.sockets)
}

function asText({ protocol, address, port }: ListeningPort): string {
  const read = readAddress(address)
  return read ? formatSocket({ protocol, address: read, port }) : ''
}

function names({ protocol, host }: PortRequest, socket: ListeningPort): boolean {
  if (host === undefined || protocol !== socket.protocol) return false
  return socket.port >= host.first && socket.port <= host.last
}
