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

interface Failure {
  readonly change: Change
  readonly error: CniError
  /** Whether nothing of the change was carried out. */
  readonly isWhole: boolean
}

// Operations of one namespace go out together until the other's turn comes, or one wants an index that they make. What
// makes a link goes out alone: where it is refused, the link of that name is another's.
function applyRoutes(
  session: Session,
  group: readonly Change[],
  links: 'delete' | 'down',
): Applied {
  const failures: Failure[] = []
  const begun: Change[] = []
  let place: Place = 'host'
  let waiting: Sent[] = []
  const flush = () => {
    if (waiting.length > 0) failures.push(...send(session, place, waiting))
    waiting = []
  }
  // Thousands of routes may go by one interface. What changes links may give its name to another.
  const indexes = new Map<string, number>()
  const lookup = {
    index: (where: Place, name: string) => {
      const known = indexes.get(`${where} ${name}`)
      if (known !== undefined) return known
      flush()
      const link = session.link(where, name)
      if (!link) throw new CniError({ code: 5, message: `no such interface: ${name}` })
      indexes.set(`${where} ${name}`, link.index)
      return link.index
    },
    namespace: () => session.namespace(),
    host: () => session.host(),
  }
  const begin = (change: Change) => {
    const placed = routeOpsOf(change, lookup, links)
    begun.push(change)
    for (const { place: next, ops } of placed) {
      if (next !== place) flush()
      place = next
      for (const op of ops) {
        if (failures.length > 0) return
        waiting.push({ change, op })
        if (makesLink(op) || op.kind.endsWith(' link')) indexes.clear()
        if (makesLink(op)) flush()
      }
    }
  }
  for (const change of group) {
    if (failures.length > 0) break
    try {
      begin(change)
    } catch (error) {
      if (!(error instanceof CniError)) throw error
      failures.push({ change, error, isWhole: true })
    }
  }
  flush()
  const undone = new Set(failures.flatMap(({ change, isWhole }) => (isWhole ? [change] : [])))
  const [failed] = failures
  return {
    done: begun.filter((change) => !undone.has(change)),
    ...(failed ? { failed: { change: failed.change, error: failed.error } } : {}),
  }
}

function makesLink({ kind }: RouteOp): boolean {
  return kind.startsWith('add ') && !notLinks.includes(kind)
}

const notLinks: readonly RouteOp['kind'][] = [
  'add address',
  'add route',
  'add ingress',
  'add redirect',
]

function send(session: Session, place: Place, sent: readonly Sent[]): readonly Failure[] {
  faultPoint('socket', `sends ${sent.length} operations to rtnetlink, for the ${place}`)
  const { refusals, first, lost } = session.route(
    place,
    sent.map(({ op }) => op),
  )
  // Any of them may have been refused, or carried out.
  if (lost) {
    const changes = [...new Set(sent.map(({ change }) => change))]
    const error = (change: Change) => refusedChange(change, { errno: noBufferSpace, text: '' })
    return changes.map((change) => ({ change, error: error(change), isWhole: false }))
  }
  return refusals.flatMap((refusal) => {
    const at = refusal.sequence - first
    const { change, op } = sent[at] ?? {}
    if (change === undefined || op === undefined || isFine({ change, op }, refusal)) return []
    const isFirst = sent.findIndex((each) => each.change === change) === at
    const isWhole = makesLink(op) || (isFirst && !isOfLink(change))
    return [{ change, error: refusedChange(change, refusal), isWhole }]
  })
}

// All but the first operation of such a change are about the link that the first one made.
function isOfLink(change: Change): boolean {
  return change.kind === 'make' && change.to.resource.kind === 'link'
}

const exists = 17
const noBufferSpace = 105
const noSuchFamily = 97
const missing: readonly number[] = [2, 3, 19, 99]

// What a network or the host owns may have been made by another at the same time; what is gone need not be removed. An
// interface without IPv6, which one with an MTU below 1280 is, makes no link-local address anyway.
function isFine({ change, op }: Sent, { errno }: Refusal): boolean {
  if (op.kind === 'set address mode' && errno === noSuchFamily) return true
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
