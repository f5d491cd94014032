import { present } from '@vethra/cni'
import { type Marks, marksOf } from '@vethra/firewall'
import type { DesiredAttachment, DesiredContainer, DesiredState } from './desired-state.ts'
import { attachmentText, containerText, idsOf } from './finding.ts'
import type { ObservedAttachment, ObservedLink, ObservedState } from './observed-state.ts'
import type { RepairedBridge } from './repair.ts'

/** Two states of a host, and maps of what is in them: a thousand attachments are compared in one pass. */
export interface Compared {
  readonly desired: DesiredState
  readonly observed: ObservedState
  /** By `attachmentText`, as the next. */
  readonly wanted: ReadonlyMap<string, DesiredAttachment>
  readonly attachments: ReadonlyMap<string, ObservedAttachment>
  /** By container id, as plugins know it. */
  readonly byContainer: ReadonlyMap<string, readonly ObservedAttachment[]>
  /** By `containerText`. */
  readonly containers: ReadonlyMap<string, DesiredContainer>
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

/** Puts two states side by side. */
export function compare(desired: DesiredState, observed: ObservedState): Compared {
  const { attachments, containers, links, routes } = observed
  const recorded = attachments.filter((each) => each.recorded)
  const stored = containers.filter((each) => each.stored && !each.nerdctls)
  const marked = attachments.map((each) => [each, marksOf(each.network, each.containerId)] as const)
  const bridged = Map.groupBy(desired.attachments, ({ bridge }) => bridge?.name ?? '')
  bridged.delete('')
  return {
    desired,
    observed,
    wanted: new Map(desired.attachments.map((each) => [attachmentText(each), each])),
    attachments: new Map(attachments.map((each) => [attachmentText(each), each])),
    byContainer: Map.groupBy(attachments, ({ containerId }) => containerId),
    containers: new Map(desired.containers.map((each) => [containerText(each), each])),
    ourContainers: idsOf([...recorded, ...stored]),
    byMark: new Map(
      marked.flatMap(([each, marks]) =>
        [marks.masquerading, marks.ports].map((mark) => [mark, each]),
      ),
    ),
    marks: new Map(marked.map(([each, marks]) => [attachmentText(each), marks])),
    links: new Map(links.map((each) => [each.name, each])),
    routes: new Set(routes.map(({ prefix, device }) => `${prefix} ${device}`)),
    bridges: new Map([...bridged].map(([name, group]) => [name, wantedBridge(name, group)])),
  }
}

function wantedBridge(name: string, group: readonly DesiredAttachment[]): RepairedBridge {
  const [{ network = '', bridge } = {}] = group as readonly Partial<DesiredAttachment>[]
  const { mac, mtu } = bridge ?? {}
  const gateways = group.flatMap(({ addresses }) =>
    addresses.flatMap(({ gateway, prefixLength }) =>
      gateway ? [`${gateway}/${prefixLength}`] : [],
    ),
  )
  // One that is of others may be given another with each port.
  const isSettled = bridge?.port && mac && group.every((each) => each.bridge?.mac === mac)
  return {
    ...{ name, network, ...present({ mac, mtu }) },
    ...(isSettled ? { keepsMac: true } : {}),
    addresses: bridge?.routed ? [...new Set(gateways)].toSorted() : [],
    localPorts: group.some(({ ports }) => ports.length > 0),
  }
}
