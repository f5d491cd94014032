import { type Marks, marksOf } from '@vethra/firewall'
import { attachmentText } from './attachment-ref.ts'
import type { DesiredAttachment, DesiredState } from './desired-state.ts'
import type { ObservedAttachment, ObservedLink, ObservedState } from './observed-state.ts'
import type { RepairedBridge } from './repair.ts'

/** The two states by what they are looked up by: a thousand attachments are compared in one pass. */
export interface Maps {
  /** By `attachmentText`. */
  readonly attachments: ReadonlyMap<string, ObservedAttachment>
  /** By container id. */
  readonly byContainer: ReadonlyMap<string, readonly ObservedAttachment[]>
  /** Container ids, as plugins know them, of what is in DATA_STORE or recorded. */
  readonly ourContainers: ReadonlySet<string>
  /** By the marks of their rules. */
  readonly byMark: ReadonlyMap<string, ObservedAttachment>
  /** By `attachmentText`. */
  readonly marks: ReadonlyMap<string, Marks>
  readonly links: ReadonlyMap<string, ObservedLink>
  /** The prefixes that routes lead to a device for, as `PREFIX DEVICE`. */
  readonly routes: ReadonlySet<string>
  /** By name: what attachments need of their bridges. */
  readonly bridges: ReadonlyMap<string, RepairedBridge>
}

/** Makes the maps of two states. */
export function mapsOf({ attachments }: DesiredState, observed: ObservedState): Maps {
  const recorded = observed.attachments.filter((each) => each.recorded)
  const stored = observed.containers.filter((each) => each.stored && !each.nerdctls)
  const marked = observed.attachments.map(
    (each) => [each, marksOf(each.network, each.containerId)] as const,
  )
  return {
    attachments: new Map(observed.attachments.map((each) => [attachmentText(each), each])),
    byContainer: Map.groupBy(observed.attachments, ({ containerId }) => containerId),
    ourContainers: new Set([
      ...recorded.map(({ containerId }) => containerId),
      ...stored.map(({ containerId }) => containerId),
    ]),
    byMark: new Map(
      marked.flatMap(([each, { masquerading, ports }]) => [
        [masquerading, each],
        [ports, each],
      ]),
    ),
    marks: new Map(marked.map(([each, marks]) => [attachmentText(each), marks])),
    links: new Map(observed.links.map((each) => [each.name, each])),
    routes: new Set(observed.routes.map(({ prefix, device }) => `${prefix} ${device}`)),
    bridges: wantedBridges(attachments),
  }
}

function wantedBridges(
  attachments: readonly DesiredAttachment[],
): ReadonlyMap<string, RepairedBridge> {
  const byName = Map.groupBy(attachments, ({ bridge }) => bridge?.name ?? '')
  byName.delete('')
  return new Map([...byName].map(([name, group]) => [name, wantedBridge(name, group)]))
}

function wantedBridge(name: string, group: readonly DesiredAttachment[]): RepairedBridge {
  const [{ network = '', bridge } = {}] = group as readonly Partial<DesiredAttachment>[]
  const gateways = group.flatMap(({ addresses }) =>
    addresses.flatMap(({ gateway, prefixLength }) =>
      gateway ? [`${gateway}/${prefixLength}`] : [],
    ),
  )
  // One that is of others may be given another with each port.
  const isSettled = bridge?.port && group.every((each) => each.bridge?.mac === bridge.mac)
  return {
    ...{ name, network },
    ...(bridge?.mac === undefined ? {} : { mac: bridge.mac }),
    ...(isSettled ? { keepsMac: true } : {}),
    ...(bridge?.mtu === undefined ? {} : { mtu: bridge.mtu }),
    addresses: bridge?.routed ? [...new Set(gateways)].toSorted() : [],
    localPorts: group.some(({ ports }) => ports.length > 0),
  }
}
