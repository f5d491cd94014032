import { CniError, ioError } from '@vethra/cni'
import { faultPoint } from '@vethra/files'
import type { Refusal, RouteOp } from '@vethra/netlink'
import type { Change, Place } from '@vethra/state'
import type { Applied } from '@vethra/world'
import { refusedChange } from '../applied/refused-change.ts'
import { routeOpsOf } from './route-ops.ts'
import type { Session } from './session.ts'

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

/** Applies changes of links, addresses and routes, one namespace at a time; one that makes a link is sent alone. */
export function applyRoutes(
  session: Session,
  group: readonly Change[],
  links: 'delete' | 'down',
): Applied {
  const failures: Failure[] = []
  const begun: Change[] = []
  const outbox = newOutbox(session, failures)
  const lookup = newLookup(session, outbox.flush)
  const begin = (change: Change) => {
    const placed = routeOpsOf(change, lookup, links)
    begun.push(change)
    for (const { place, ops } of placed) {
      outbox.turnTo(place)
      for (const op of ops) {
        if (failures.length > 0) return
        outbox.add({ change, op })
        if (makesLink(op) || op.kind.endsWith(' link')) lookup.forget()
        if (makesLink(op)) outbox.flush()
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
  outbox.flush()
  const undone = new Set(failures.flatMap(({ change, isWhole }) => (isWhole ? [change] : [])))
  const [failed] = failures
  return {
    done: begun.filter((change) => !undone.has(change)),
    ...(failed ? { failed: { change: failed.change, error: failed.error } } : {}),
  }
}

// Operations of one place that wait for being sent.
function newOutbox(session: Session, failures: Failure[]) {
  let place: Place = 'host'
  let waiting: Sent[] = []
  const flush = () => {
    if (waiting.length > 0) failures.push(...send(session, place, waiting))
    waiting = []
  }
  return {
    flush,
    turnTo(next: Place) {
      if (next !== place) flush()
      place = next
    },
    add: (sent: Sent) => void waiting.push(sent),
  }
}

// Thousands of routes may go by one interface. What changes links may give its name to another.
function newLookup(session: Session, flush: () => void) {
  const indexes = new Map<string, number>()
  const find = (place: Place, name: string) => {
    const known = indexes.get(`${place} ${name}`)
    if (known !== undefined) return known
    flush()
    const link = session.link(place, name)
    if (link) indexes.set(`${place} ${name}`, link.index)
    return link?.index
  }
  return {
    find,
    index: (place: Place, name: string) => {
      const found = find(place, name)
      if (found === undefined) throw ioError(`no such interface: ${name}`)
      return found
    },
    hasContainer: session.hasContainer,
    demandFree: (name: string) => {
      flush()
      if (session.link('host', name))
        throw ioError(
          `cannot move interface ${name} back to the host: the host has another interface of that name`,
          `Rename that one, for example: ip link set ${name} down; ip link set ${name} name other0.`,
        )
    },
    namespace: () => session.namespace(),
    host: () => session.host(),
    forget: () => indexes.clear(),
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
  'add classes',
  'add class',
  'add subnet',
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
