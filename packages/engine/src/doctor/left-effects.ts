import type { AttachmentKey } from '@vethra/cni'
import { attachmentText, type ObservedTable } from '@vethra/findings'
import { keyOf, type Owner, ownerMark, type Resource, type State } from '@vethra/state'
import type { AttachmentKernel } from '@vethra/world'

/** All that is remembered, to tell whose elements are left over; absent where nobody asks. */
export interface Known {
  readonly attachments: readonly AttachmentKey[]
  readonly networks: readonly string[]
  /** The networks that Vethra or nerdctl made. */
  readonly ours: readonly string[]
}

/** The elements and settings that an attachment needs on the host. */
export interface WantedEffects {
  readonly attachment: AttachmentKey
  readonly state: State
  /** Whether that is all: no plugin ran as a program that may be this executable, whose elements bear the same mark. */
  readonly isAll: boolean
}

/**
 * The elements of table `inet vethra` that nobody needs: of owners that nothing remembers (`left`, and `doubtful` where
 * another runtime may have them), and those that a remembered owner has beyond its own (`extra`).
 */
export async function leftIn(
  kernel: AttachmentKernel,
  { attachments, networks, ours }: Known,
  wanted: readonly WantedEffects[],
): Promise<Pick<ObservedTable, 'left' | 'doubtful' | 'extra'>> {
  const known = new Set([
    ...attachments.map((each) => ownerMark({ kind: 'attachment', ...each })),
    ...networks.map((network) => ownerMark({ kind: 'network', network })),
  ])
  const effects = await kernel.effects()
  const byMark = Map.groupBy(effects, ({ owner }) => ownerMark(owner))
  const unknown = [...byMark].filter(([mark]) => !known.has(mark))
  const marked = unknown.length === 0 ? new Set() : await livingMarks(kernel)
  const left = unknown.flatMap(([mark, [one, ...more]]) =>
    one === undefined || one.owner.kind === 'host' || marked.has(mark)
      ? []
      : [{ owner: one.owner, effects: [one, ...more] }],
  )
  // Another runtime may have called plugins of ours behind an interface plugin of its own, whose links bear no mark, and
  // keep no record that we know of. What masquerades is made by plugins that make interfaces.
  const isDead = ({ owner, effects }: (typeof left)[number]) =>
    ours.includes(owner.network) || effects.every(({ resource }) => resource.kind === 'masquerade')
  return {
    left: left.filter(isDead).map(({ owner }) => owner),
    doubtful: left.filter((each) => !isDead(each)).map(({ owner }) => owner),
    extra: ownStates(wanted, attachments).flatMap(({ owner, state }) => {
      const own = new Set(state.map(({ resource }) => keyOf(resource)))
      const more = (byMark.get(ownerMark(owner)) ?? []).filter(
        // What networks on one bridge share is not told apart, and the resolver has its own.
        ({ resource }) =>
          !own.has(keyOf(resource)) &&
          (owner.kind !== 'network' || resource.kind !== 'admit') &&
          !isOfResolver(resource),
      )
      return more.length > 0 ? [{ owner, effects: more }] : []
    }),
  }
}

/** Whether an effect is that of a resolver, which sees to it by itself. */
export function isOfResolver(resource: Resource): boolean {
  return resource.kind === 'isolate' && resource.from === 'dnsonly'
}

// What an attachment has is known where plugins in this process made all of it; a network's, where all of its attachments.
function ownStates(
  all: readonly WantedEffects[],
  attachments: readonly AttachmentKey[],
): readonly { readonly owner: Exclude<Owner, { kind: 'host' }>; readonly state: State }[] {
  const wanted = all.filter(({ isAll }) => isAll)
  const known = new Set(wanted.map(({ attachment }) => attachmentText(attachment)))
  const unclear = new Set(
    attachments.flatMap((each) => (known.has(attachmentText(each)) ? [] : [each.network])),
  )
  const networks = Map.groupBy(wanted, ({ attachment }) => attachment.network)
  return [
    ...wanted.map(({ attachment, state }) => ({
      owner: { kind: 'attachment', ...attachment } as const,
      state,
    })),
    ...[...networks]
      .filter(([network]) => !unclear.has(network))
      .map(([network, own]) => ({
        owner: { kind: 'network', network } as const,
        state: own.flatMap(({ state }) => state),
      })),
  ]
}

/**
 * The marks of attachments that interfaces of the host bear, and those of their networks. A plugin that another
 * runtime calls leaves no record: what it made lives as long as its interface does.
 */
async function livingMarks(kernel: AttachmentKernel): Promise<ReadonlySet<string>> {
  const owners = (await kernel.marked()).map(({ owner }) => owner)
  return new Set(
    owners.flatMap((owner) =>
      owner.kind === 'attachment'
        ? [ownerMark(owner), ownerMark({ kind: 'network', network: owner.network })]
        : [],
    ),
  )
}
