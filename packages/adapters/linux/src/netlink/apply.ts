import { CniError } from '@vethra/cni'
import { faultPoint } from '@vethra/files'
import type { Refusal, RouteOp } from '@vethra/netlink'
import type { Change, Place, Sysctl } from '@vethra/state'
import type { Applied, ApplyOptions } from '@vethra/world'
import { inGroups, wayOf } from '../applied/groups.ts'
import { refusedChange } from '../applied/refused-change.ts'
import { applyEffects } from './apply-effects.ts'
import { routeOpsOf } from './route-ops.ts'
import type { Session } from './session.ts'
import { prepareWrites } from './sysctls-in-bun.ts'
import { visit } from './visit.ts'

/**
 * Applies changes in their order, those that go through one socket in one send, and those of the
 * firewall in one transaction. Ends with the first batch in which one fails; what else of that batch was
 * carried out is among what was done.
 */
export function applyChanges(
  session: Session,
  changes: readonly Change[],
  { links = 'delete' }: ApplyOptions = {},
): Applied {
  const done: Change[] = []
  for (const group of inGroups(changes)) {
    const outcome = applyOrTell(session, group, links)
    done.push(...outcome.done)
    faultPoint('socket', `has changed ${done.length} resources of the kernel`)
    if (outcome.failed) return { done, failed: outcome.failed }
  }
  return { done }
}

// A socket that fails may have carried out any of its group: all of it is to be undone.
function applyOrTell(
  session: Session,
  group: readonly Change[],
  links: 'delete' | 'down',
): Applied {
  try {
    return applyGroup(session, group, links)
  } catch (error) {
    const [change] = group
    if (!(error instanceof CniError) || change === undefined) throw error
    return { done: group, failed: { change, error } }
  }
}

function applyGroup(session: Session, group: readonly Change[], links: 'delete' | 'down'): Applied {
  const [first] = group
  if (first === undefined) return { done: [] }
  const way = wayOf(first)
  if (way === 'firewall') return applyEffects(session, group)
  return way === 'route' ? applyRoutes(session, group, links) : applySysctls(session, group)
}

interface Sent {
  readonly change: Change
  readonly op: RouteOp
}

// Operations of one namespace go out together until the other's turn comes, or one wants an index that they make.
function applyRoutes(
  session: Session,
  group: readonly Change[],
  links: 'delete' | 'down',
): Applied {
  const failures: { change: Change; error: CniError }[] = []
  let place: Place = 'host'
  let waiting: Sent[] = []
  const flush = () => {
    if (waiting.length > 0) failures.push(...send(session, place, waiting))
    waiting = []
  }
  const lookup = {
    index: (where: Place, name: string) => {
      flush()
      const link = session.link(where, name)
      if (link) return link.index
      throw new CniError({ code: 5, message: `no such interface: ${name}` })
    },
    namespace: () => session.namespace(),
  }
  for (const change of group) {
    if (failures.length > 0) break
    try {
      for (const placed of routeOpsOf(change, lookup, links)) {
        if (placed.place !== place) flush()
        place = placed.place
        waiting.push(...placed.ops.map((op) => ({ change, op })))
      }
    } catch (error) {
      if (!(error instanceof CniError)) throw error
      failures.push({ change, error })
    }
  }
  flush()
  const tried =
    failures.length === 0
      ? group
      : group.slice(0, group.indexOf(failures.at(-1)?.change ?? (group[0] as Change)) + 1)
  const failedOnes = new Set<Change>(failures.map(({ change }) => change))
  const [failed] = failures
  return { done: tried.filter((change) => !failedOnes.has(change)), ...(failed ? { failed } : {}) }
}

function send(
  session: Session,
  place: Place,
  sent: readonly Sent[],
): readonly { change: Change; error: CniError }[] {
  faultPoint('socket', `sends ${sent.length} operations to rtnetlink, for the ${place}`)
  const { refusals, first } = session.route(
    place,
    sent.map(({ op }) => op),
  )
  return refusals.flatMap((refusal) => {
    const change = sent[refusal.sequence - first]?.change
    return change === undefined || isFine(change, refusal)
      ? []
      : [{ change, error: refusedChange(change, refusal) }]
  })
}

const exists = 17
const missing: readonly number[] = [2, 3, 19, 99]

// What a network or the host owns may have been made by another at the same time; what is gone need not be removed.
function isFine(change: Change, { errno }: Refusal): boolean {
  if (change.kind === 'remove') return missing.includes(errno)
  return errno === exists && change.to.owner.kind !== 'attachment'
}

function applySysctls(session: Session, group: readonly Change[]): Applied {
  const writes = group.flatMap((change) =>
    change.kind === 'remove' ? [] : [{ change, sysctl: change.to.resource as Sysctl }],
  )
  const write = prepareWrites(writes.map(({ sysctl }) => sysctl))
  const inContainer = writes[0]?.sysctl.place === 'container'
  const outcomes = inContainer ? visit(session.namespace(), write) : write()
  const failures = writes.flatMap(({ change, sysctl }, at) => {
    const errno = outcomes[at] ?? 0
    return errno === 0 || sysctl.optional
      ? []
      : [{ change, error: refusedChange(change, { errno, text: '' }) }]
  })
  const [failed] = failures
  const failedOnes = new Set<Change>(failures.map(({ change }) => change))
  return { done: group.filter((change) => !failedOnes.has(change)), ...(failed ? { failed } : {}) }
}
