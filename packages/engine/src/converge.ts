import { CniError, inUseError } from '@vethra/cni'
import {
  type Change,
  type Conflict,
  conflictsOf,
  diff,
  invert,
  isSameOwner,
  keyOf,
  type Owner,
  type State,
} from '@vethra/state'
import type { ApplyOptions, AttachmentKernel } from '@vethra/world'

/** The desired state of a scope, and the namespace of its container. */
interface Wish {
  /** The container's namespace; empty when it is gone. */
  readonly netns: string
  readonly desired: State
  /** Resources to be removed where they exist still. Default: none. */
  readonly former?: State
}

/** The outcome of a wish: its changes, or the error of one whose changes were undone. */
export type Outcome =
  | { readonly kind: 'done'; readonly changes: readonly Change[] }
  | { readonly kind: 'failed'; readonly error: CniError }

/**
 * The loop that all else is made of: observes the scope, takes the difference, applies it. A resource of another
 * owner is not taken: CniError 102 names it. A port that leads to an address of the attachment for another one is
 * removed: it is left of an attachment which had that address before. Where a change is refused what was done is
 * undone; the error has the first refusal first, and each failure of the undo.
 */
export async function converge(
  kernel: AttachmentKernel,
  { netns, desired, former = [] }: Wish,
  options: ApplyOptions = {},
): Promise<Outcome> {
  if (desired.length === 0 && former.length === 0) return { kind: 'done', changes: [] }
  const found = await kernel.observe(netns, [...desired, ...former])
  const own = former.length === 0 ? found : withoutOthers(found, desired, former)
  const observed = [...own, ...(await strayPorts(kernel, desired))]
  const [conflict] = conflictsOf(desired, observed)
  if (conflict) return { kind: 'failed', error: taken(conflict) }
  const changes = diff(desired, observed)
  const { done, failed } = await kernel.apply(netns, changes, options)
  if (failed === undefined) return { kind: 'done', changes }
  const undone = await kernel.apply(netns, invert(done))
  const errors = [failed.error, ...(undone.failed ? [undone.failed.error] : [])]
  return { kind: 'failed', error: errors.length === 1 ? failed.error : together(errors) }
}

// What should be no more is removed where it is the owner's still: a name or a port may be another's by now.
function withoutOthers(found: State, desired: State, former: State): State {
  const wanted = new Set(desired.map(({ resource }) => keyOf(resource)))
  const owners = new Map(former.map(({ resource, owner }) => [keyOf(resource), owner]))
  return found.filter(({ resource, owner }) => {
    const before = owners.get(keyOf(resource))
    return wanted.has(keyOf(resource)) || (before !== undefined && isSameOwner(before, owner))
  })
}

// Ports of former attachments to the same network that lead to an address which it gives to another now.
async function strayPorts(kernel: AttachmentKernel, desired: State): Promise<State> {
  const own = desired.filter(({ owner }) => owner.kind === 'attachment')
  const addresses = own.flatMap(({ resource }) =>
    resource.kind === 'address' && resource.place === 'container' ? [resource.address] : [],
  )
  if (addresses.length === 0) return []
  const wanted = new Set(desired.map(({ resource }) => keyOf(resource)))
  const published = await kernel.publishedTo(addresses)
  return published.filter(
    ({ resource, owner }) =>
      owner.kind === 'attachment' &&
      own.some(
        (each) => each.owner.kind === 'attachment' && each.owner.network === owner.network,
      ) &&
      !wanted.has(keyOf(resource)) &&
      !own.some((each) => isSameOwner(each.owner, owner)),
  )
}

function taken({ wanted, found }: Conflict): CniError {
  return inUseError(
    `cannot make ${keyOf(wanted.resource)}: it belongs to ${whose(found.owner)}`,
    'Remove it with the program that made it, or choose another name, address or port.',
  )
}

function whose(owner: Owner): string {
  if (owner.kind === 'attachment')
    return `container ${owner.containerId} in network ${owner.network}`
  return owner.kind === 'network' ? `network ${owner.network}` : 'another program'
}

function together(errors: readonly CniError[]): CniError {
  const [first] = errors
  return new CniError({
    code: first?.code ?? 5,
    message: `${first?.message}; undoing it failed, too: resources may remain`,
    cause: new AggregateError(errors),
  })
}
