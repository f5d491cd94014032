import { CniError, type ConfList } from '@vethra/cni'
import type { Membership } from '@vethra/container'
import type { CachedAttachment } from '@vethra/world'
import { emitDetached } from '../emit-events.ts'
import { detachOne } from './detach-one.ts'
import { remains, together } from './failures.ts'
import { holdingContainer } from './holding.ts'
import type { HostTools } from './host-tools.ts'
import { keyOf } from './membership.ts'
import { isNativeAlone, reachable } from './reachable.ts'
import { type Remembered, rememberedOf } from './remembered.ts'
import { removeLeftLink } from './remove-left-link.ts'
import { type Attempt, goingOn } from './sequence.ts'

/** How attachments are removed. */
export interface DetachOptions {
  /** Forgets an attachment that cannot be undone, and reports what may remain. Default: it stays, and is tried again. */
  readonly force?: boolean
  /** Whether no event is written: it undoes an ADD that had none. Default false. */
  readonly silent?: boolean
}

/** How attachments whose conf lists have not been read are removed. */
interface ListingOptions extends DetachOptions {
  /** Reads the conf list of a membership without one, where the cache entry has none. Default: it has none. */
  readonly listNow?: (cached: CachedAttachment | undefined) => Promise<ConfList | undefined>
}

/** Detaches a container from networks, the last first, going on after failures. Throws the failure, or CniError 106 with several. Idempotent. */
export async function detachAll(
  tools: HostTools,
  memberships: readonly Membership[],
  options: ListingOptions = {},
): Promise<void> {
  await holdingContainer(tools, memberships, () => detachEach(tools, memberships, options))
}

/** DEL of each network under the container's lock, last first; then left rules, last the records, which stay after a failure. */
export async function detachEach(
  tools: HostTools,
  memberships: readonly Membership[],
  { force = false, silent = false, listNow }: ListingOptions = {},
): Promise<void> {
  const left: Left[] = []
  const forgotten = new Set<Left>()
  const forget = async (each: Left) => {
    await tools.records.remove(keyOf(each.membership))
    forgotten.add(each)
    if (!silent) await emitOf(tools, each)
  }
  const errors = await goingOn(async (attempt) => {
    for (const given of memberships.toReversed()) {
      const known = await rememberedOf(tools, keyOf(given))
      const isCached = known.made.list !== undefined && known.made.entry === known.cached
      const list = given.list ?? (isCached ? undefined : await listNow?.(known.cached))
      left.push(await leave(tools, { ...given, list }, { known, attempt }))
    }
    const isSwept = await attempt('remove left rules', () => sweepLeft(tools, left))
    for (const each of left)
      if (isSwept && each.isDetached)
        await attempt(`remove the record of ${each.membership.network}`, () => forget(each))
  }, tools.steps)
  if (errors.length === 0) return
  if (!force || errors.some((error) => !(error instanceof CniError))) throw together(errors)
  for (const each of left.filter((one) => !forgotten.has(one))) {
    await tools.cache.remove(keyOf(each.membership))
    await forget(each)
  }
  tools.onRemains?.(remains(memberships, together(errors)))
}

// Where ADD is remembered, the namespace is there and every DEL succeeded, plugins leave nothing: looking is saved.
async function sweepLeft(tools: HostTools, left: readonly Left[]): Promise<true> {
  const hasFailed = left.some(({ isDone }) => !isDone)
  const swept = left.filter(
    ({ membership, known, mayLeaveRules }) =>
      // Such plugins make no rules that iptables knows: looking for some is saved.
      !isNativeAlone(known) && (mayLeaveRules || hasFailed || membership.attachment.netns === ''),
  )
  if (swept.length === 0) return true
  const { sweepAlone } = await import('./sweep.ts')
  await sweepAlone(
    tools,
    swept.map(({ membership, known }) => ({ ...membership, listText: known.cached?.listText })),
  )
  return true
}

// An ADD that did not finish was told to nobody.
async function emitOf(
  tools: HostTools,
  { membership, known: { cached, record } }: Left,
): Promise<void> {
  if (cached) await emitDetached(tools, membership, membership.container ?? record?.container)
}

/** An attachment that was left, as far as that went. */
interface Left {
  readonly membership: Membership
  readonly known: Remembered
  readonly isDetached: boolean
  /** Whether its link is gone, too. */
  readonly isDone: boolean
  readonly mayLeaveRules: boolean
}

async function leave(
  tools: HostTools,
  given: Membership,
  { known, attempt }: Pick<Left, 'known'> & { readonly attempt: Attempt },
): Promise<Left> {
  const membership = await reachable(tools, given, known)
  const { network } = membership
  const isDetached = await attempt(`DEL of ${network}`, () =>
    detachOne(tools, membership, known).then(() => true),
  )
  // Without its interface, bridge passes over its rules, too.
  const wasLeft = await attempt(`remove what is left in ${network}`, () =>
    removeLeftLink(tools, membership, known.made),
  )
  // Without what ADD was called with, portmap does not know that there are ports to be closed.
  const isUntold = !known.cached?.listText || known.made.entry !== known.cached
  return {
    membership,
    known,
    isDetached: isDetached === true,
    isDone: isDetached === true && wasLeft !== undefined,
    mayLeaveRules: wasLeft === true || isUntold,
  }
}
