import { attachmentText } from './attachment-ref.ts'
import type { DesiredAttachment, DesiredState } from './desired-state.ts'
import type { ObservedAttachment, ObservedLink, ObservedState } from './observed-state.ts'
import { marksOf } from './read-firewall.ts'

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
  readonly links: ReadonlyMap<string, ObservedLink>
  /** By bridge: the attachments that are to be on it. */
  readonly byBridge: ReadonlyMap<string, readonly DesiredAttachment[]>
}

/** Makes the maps of two states. */
export function mapsOf({ attachments }: DesiredState, observed: ObservedState): Maps {
  const { containers } = observed
  const recorded = observed.attachments.filter((each) => each.recorded)
  const stored = containers.filter((each) => each.stored)
  return {
    attachments: new Map(observed.attachments.map((each) => [attachmentText(each), each])),
    byContainer: Map.groupBy(observed.attachments, ({ containerId }) => containerId),
    ourContainers: new Set([
      ...recorded.map(({ containerId }) => containerId),
      ...stored.map(({ namespace, id }) => containerIdOf(namespace, id)),
    ]),
    byMark: new Map(
      observed.attachments.flatMap((each) => {
        const { masquerading, ports } = marksOf(each.network, each.containerId)
        return [
          [masquerading, each],
          [ports, each],
        ]
      }),
    ),
    links: new Map(observed.links.map((each) => [each.name, each])),
    byBridge: Map.groupBy(
      attachments.filter(({ bridge }) => bridge),
      ({ bridge }) => bridge?.name ?? '',
    ),
  }
}

/** The container id that plugins are given for a container of a namespace, as nerdctl has it. */
export function containerIdOf(namespace: string, id: string): string {
  return `${namespace}-${id}`
}
