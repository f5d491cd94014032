import { attempt as attemptTo } from '@vethra/cni'
import { faultPoint } from '@vethra/files'
import {
  elementOps,
  elementsOf,
  makeTable,
  type PlacedElement,
  shapeOf,
  vethraTable,
} from '@vethra/firewall'
import {
  askElement,
  copiesOf,
  decodeFlow,
  dumpElements,
  dumpUdpFlows,
  encodeNftBatch,
  type FoundFlow,
  forgetFlow,
  type NftOp,
  type Refusal,
  refusedElement,
} from '@vethra/netlink'
import { type Admit, type Change, type Effect, type Publish, targetOf } from '@vethra/state'
import type { Applied } from '@vethra/world'
import { forAll, putAdminJumps, removeAdminJumps } from '../applied/admin-chains.ts'
import { removeSources } from '../applied/firewalld.ts'
import { admitsIn, elementsIn } from '../applied/groups.ts'
import { overlapOf } from '../applied/overlap.ts'
import { refusedChange } from '../applied/refused-change.ts'
import { bareKey } from '../observed/looking.ts'
import { effectsIn } from './effects.ts'
import { missingPassages, passesAdmin, removePassages } from './pass-rule.ts'
import type { Session } from './session.ts'
import { startTable } from './table.ts'

/** How many times a transaction is sent that others were in the way of. */
const attempts = 8
// ENOENT: the table or an element went between two messages; EINTR, EAGAIN, EBUSY; ERESTART: a stale generation.
const noBufferSpace = 105
const exists = 17
const passing: readonly number[] = [2, 4, 11, 16, 85, noBufferSpace]

/** Applies firewall changes in one transaction, again where others interfered; then puts or removes the rule in other firewalls. */
export function applyEffects(session: Session, group: readonly Change[]): Applied {
  const [first] = group
  if (first === undefined) return { done: [] }
  for (let attempt = 1; ; attempt += 1) {
    const next = attemptTo(
      () => transaction(session, group, attempt > 1),
      (error) => ({ error }),
    )
    if ('error' in next) return { done: [], failed: { change: first, error: next.error } }
    const { ops, generation } = next
    if (ops.length === 0) break
    faultPoint('socket', `sends ${ops.length} operations to nf_tables`)
    const refusal = sendTransaction(session, ops, generation)
    if (refusal === undefined) break
    if (!isPassing(refusal, attempt)) {
      const change = guilty(group, ops, refusal)
      const overlap = refusal.errno === exists ? overlapOf(change, effectsIn(session)) : undefined
      return { done: [], failed: { change, error: overlap ?? refusedChange(change, refusal) } }
    }
  }
  forgetStaleFlows(session, group.flatMap(publishOf))
  tendPassages(session, group)
  return { done: group }
}

/** Sends operations as one transaction; returns its refusal, whose sequence counts from the transaction's start. */
export function sendTransaction(
  session: Session,
  ops: readonly NftOp[],
  generation?: number,
): Refusal | undefined {
  const { refusals, lost, first } = session.netfilter(encodeNftBatch(ops, generation))
  // Answers that were lost may have been refusals: what is done twice changes nothing.
  if (lost) return { sequence: 0, errno: noBufferSpace, text: '' }
  const [refusal] = refusals
  return refusal && { ...refusal, sequence: refusal.sequence - first }
}

/** Whether a refused transaction is to be sent again, after so many attempts: others were in its way. */
export function isPassing({ errno }: Refusal, attempt: number): boolean {
  return passing.includes(errno) && attempt < attempts
}

interface Transaction {
  readonly ops: readonly NftOp[]
  readonly generation?: number
}

function transaction(session: Session, group: readonly Change[], again: boolean): Transaction {
  const added = elementsIn(group, 'make', 'alter')
  const { ops, generation, exists } = startTable(session, { adds: added.length > 0 })
  if (!exists && added.length === 0) return { ops: [] }
  const removed = exists ? elementsIn(group, 'remove') : []
  const gone = again ? removed.filter((each) => isPresent(session, each)) : removed
  return {
    ops: [
      // Whatever of the table is missing is made by the time of the second attempt.
      ...(again && ops.length === 0 ? makeTable() : ops),
      ...elementOps('delete elements', gone),
      ...elementOps('add elements', added),
    ],
    ...(generation === undefined ? {} : { generation }),
  }
}

function isPresent(session: Session, { set, element }: PlacedElement): boolean {
  const question = askElement({ ...vethraTable, set }, shapeOf(set).key, bareKey(element))
  const { messages } = session.askNetfilter(question)
  return messages.length > 0
}

function guilty(group: readonly Change[], ops: readonly NftOp[], refusal: Refusal): Change {
  const found = refusedElement(ops, refusal.sequence, refusal.offset)
  const isOf = (change: Change) => {
    const { resource, owner } = targetOf(change)
    return elementsOf(resource as Effect, owner).some(
      ({ set, element }) =>
        set === found?.set && element.key.join(' ') === found.element.key.join(' '),
    )
  }
  return group.find(isOf) ?? (group[0] as Change)
}

function publishOf(change: Change): readonly Publish[] {
  const { resource } = targetOf(change)
  return resource.kind === 'publish' ? [resource] : []
}

function tendPassages(session: Session, group: readonly Change[]): void {
  const made = admitsIn(group.filter(({ kind }) => kind !== 'remove'))
  const admits = admitsIn(group)
  if (made.length > 0) putPassages(session, made)
  else if (admits.length > 0) releasePassages(session, admits)
}

function releasePassages(session: Session, admits: readonly Admit[]): void {
  removeSources(session.zoneRecords, admits)
  removeAdminJumps(session.zoneRecords, admits)
  if (hasNetworks(session)) return
  removePassages(session)
  removeAdminJumps(session.zoneRecords, [forAll])
  // Another network may have come, and seen the rule that was just removed.
  if (hasNetworks(session)) putPassages(session, [])
}

function putPassages(session: Session, admits: readonly Admit[]): void {
  for (const passage of missingPassages(session, admits)) passage.put()
  putAdminJumps(session.zoneRecords, admits)
  if (!passesAdmin(session)) putAdminJumps(session.zoneRecords, [forAll])
}

function hasNetworks(session: Session): boolean {
  const { messages } = session.askNetfilter(dumpElements(vethraTable, 'bridges'))
  return copiesOf(messages).length > 0
}

// Forgets UDP flows to published ports: conntrack leads their datagrams where the first went, whatever the map says
// by now.
function forgetStaleFlows(session: Session, publishes: readonly Publish[]): void {
  const ports = publishes.filter(({ protocol }) => protocol === 'udp')
  if (ports.length === 0) return
  const byPort = Map.groupBy(ports, ({ hostPort }) => hostPort)
  const flows = ([4, 6] as const).flatMap((family) => {
    const own = ports.filter(({ address }) => address.includes(':') === (family === 6))
    return flowsTo(session, family, new Set(own.map(({ hostPort }) => hostPort)))
  })
  const stale = flows.filter((flow) =>
    (byPort.get(flow.port) ?? []).some((publish) => leadsTo(flow, publish)),
  )
  if (stale.length > 0) session.netfilter(stale.map(forgetFlow))
}

/** Up to so many ports are asked for one by one: some milliseconds each. For more of them all UDP flows are listed. */
const fewPorts = 4

function flowsTo(
  session: Session,
  family: 4 | 6,
  ports: ReadonlySet<number>,
): readonly FoundFlow[] {
  const asked = ports.size > fewPorts ? [undefined] : [...ports]
  return asked.flatMap((port) => {
    const { messages } = session.askNetfilter(dumpUdpFlows(family, port))
    return messages.flatMap((each) => decodeFlow(each) ?? [])
  })
}

function leadsTo({ protocol, address }: FoundFlow, { hostAddress }: Publish): boolean {
  return protocol === 17 && [undefined, address].includes(hostAddress)
}
