import { readAddress } from '@vethra/address'
import { orElse } from '@vethra/cni'
import {
  formatSocket,
  type HeldMapping,
  type ListeningSocket,
  type PortRequest,
  parseStoredMappings,
} from '@vethra/container'
import type { ObservedPortHold } from '@vethra/findings'
import { attachmentChains, type ForwardedPorts, forwardedPorts } from '@vethra/firewall'
import type { CachedAttachment, ListeningPort } from '@vethra/world'
import { attachedIds } from '../attach/container-records.ts'
import { recordsOfAll } from '../network/network-users.ts'
import type { ManageTools } from '../network/tools.ts'

/** The ports that attachments in the cache publish. */
export function mappedPorts(
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

/** The ports of containers that are prepared or stopped: nothing of them is attached. */
export async function promisedPorts(
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

/** The ports that rules of the firewall forward, of whichever tool; this container's own chains are no hindrance to it. */
export async function ruledPorts(
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

/** The listening sockets of others; those that a request may meet with their processes: finding one costs a look at all open files of the host. */
export async function namedSockets(
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

/** The sockets that a process of ours holds for a container: one that runs already has its ports. */
export function heldBy(holds: readonly ObservedPortHold[], own: string): ReadonlySet<string> {
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
