import { CniError } from '@vethra/cni'
import {
  describeRepair,
  type Finding,
  kindOf,
  lostFindings,
  planRepairs,
  type Repair,
  repairKey,
  scopeOf,
} from '@vethra/findings'
import { all } from '../attach/sequence.ts'
import { afterKilled, afterKilledPrograms } from '../attach/take-over.ts'
import type { Appliers } from './appliers.ts'
import { attachmentAppliers } from './apply-attachments.ts'
import { containerAppliers } from './apply-containers.ts'
import { networkAppliers } from './apply-networks.ts'
import { ruleAppliers } from './apply-rules.ts'
import type { DoctorTools } from './doctor-tools.ts'
import { type Judge, lastingMs, look } from './examine.ts'
import { lostFolders } from './lost-files.ts'
import { batchesOf, holdingEach, type Scope, scopeOfAll } from './scope.ts'

/** The outcome of one repair: done, not needed any more (`why` has the reason), or failed. */
export type RepairOutcome =
  | { readonly kind: 'done'; readonly repair: Repair }
  | { readonly kind: 'unneeded'; readonly repair: Repair; readonly why: string }
  | { readonly kind: 'failed'; readonly repair: Repair; readonly error: CniError }

/** Told of each repair: before it is begun, with what it is for, and what became of it, in how many milliseconds where it was begun. */
export type RepairEvent =
  | { readonly kind: 'begun'; readonly repair: Repair; readonly findings: readonly Finding[] }
  | (RepairOutcome & {
      readonly begun?: { readonly findings: readonly Finding[]; readonly tookMs: number }
    })

/** The listener and the judge of repairs. */
export interface RepairHooks {
  /** Called for each event of a repair. */
  readonly hear?: (event: RepairEvent) => void
  /** Default: all repairs are made. */
  readonly judge?: Judge
}

/** The repairs made, and the findings that are left. */
export interface Healing {
  /** In the order in which repairs were tried. */
  readonly outcomes: readonly RepairOutcome[]
  readonly left: readonly Finding[]
}

/** One repair may show what another lay under: a bridge comes before what is on it. */
const rounds = 3

/**
 * Looks and repairs until nothing is left that a repair would help: at most three times, and no repair
 * twice. Where nothing is to be repaired it looks once.
 */
export async function heal(tools: DoctorTools, hooks: RepairHooks = {}): Promise<Healing> {
  const lost = lostFindings(await lostFolders(tools))
  const outcomes = await attemptEach(tools, planRepairs(lost), hooks)
  if (lost.some(({ repair }) => !repair)) return { outcomes, left: lost }
  const tried = new Set<string>()
  await tidy(tools)
  await afterKilled({ ...tools.host, lockNow: tools.lockNow })
  for (let round = 0; ; round += 1) {
    const left = await look(tools, hooks)
    const due = planRepairs(left).filter((each) => !tried.has(JSON.stringify(each)))
    if (due.length === 0 || round === rounds) return { outcomes, left }
    for (const each of due) tried.add(JSON.stringify(each))
    await afterKilledPrograms(tools.host)
    // What is in no place of an administrator's may be an operation under way, which holds no lock that a repair waits for.
    if (due.some((each) => kindOf(each).place === undefined)) await tools.clock.sleep(lastingMs)
    outcomes.push(...(await repair(tools, due, hooks)))
  }
}

// For what no lock can be had: it is the folder of locks, or one that all need.
async function attemptEach(
  tools: DoctorTools,
  repairs: readonly Repair[],
  { hear }: RepairHooks,
): Promise<RepairOutcome[]> {
  const outcomes: RepairOutcome[] = []
  for (const each of repairs) outcomes.push(...(await attempt(tools, [each])))
  for (const each of outcomes) hear?.(each)
  return outcomes
}

// Of writers that were killed.
async function tidy({ host, ports, namespaces, hosts }: DoctorTools): Promise<void> {
  for (const store of [host.records, host.cache, ports]) await store.tidy?.()
  for (const each of await namespaces()) await (await hosts(each)).tidy()
}

/**
 * Makes repairs: under the locks of a scope it looks at the scope again, compares, and applies what is still due of
 * them. Goes on after failures. A repair that was cut short can be repeated.
 */
export async function repair(
  tools: DoctorTools,
  repairs: readonly Repair[],
  hooks: RepairHooks = {},
): Promise<readonly RepairOutcome[]> {
  const outcomes: RepairOutcome[] = []
  const hear = (event: RepairEvent) => {
    hooks.hear?.(event)
    if (event.kind !== 'begun') outcomes.push(event)
  }
  for (const batch of await batchesOf(tools, repairs)) {
    await holdingEach(tools, batch, async (located, refusal) => {
      const wanted = located.map((each) => each.repair)
      if (refusal) for (const each of wanted) hear(failureOf(each, refusal))
      else await repairHeld(tools, { scope: scopeOfAll(located), wanted }, { ...hooks, hear })
    })
  }
  return outcomes
}

async function repairHeld(
  tools: DoctorTools,
  { scope, wanted }: { readonly scope: Scope; readonly wanted: readonly Repair[] },
  hooks: RepairHooks & Required<Pick<RepairHooks, 'hear'>>,
): Promise<void> {
  if (wanted.length === 0) return
  const { hear } = hooks
  const found = await look(tools, hooks, scope)
  const reasons = Map.groupBy(found, (each) => (each.repair ? repairKey(each.repair) : ''))
  const reasonsOf = (each: Repair) => reasons.get(repairKey(each)) ?? []
  for (const each of wanted)
    if (!reasons.has(repairKey(each))) hear({ kind: 'unneeded', repair: each, why: settled })
  const keys = new Set(wanted.map(repairKey))
  const due = planRepairs(found).filter((each) => keys.has(repairKey(each)))
  for (const alike of Map.groupBy(due, ({ kind }) => kind).values())
    await inLanes(queuesOf(alike), async (group) => {
      const began = tools.clock.now()
      for (const each of group) hear({ kind: 'begun', repair: each, findings: reasonsOf(each) })
      for (const outcome of await attempt(tools, group)) {
        const tookMs = tools.clock.now() - began
        hear({ ...outcome, begun: { findings: reasonsOf(outcome.repair), tookMs } })
      }
    })
}

const settled = 'under its lock nothing is wrong any more'

type Group = readonly Repair[]

// What takes one transaction for many stays together; what runs programs is a queue for each scope.
function queuesOf(alike: Group): readonly (readonly Group[])[] {
  const [first] = alike
  if (first === undefined) return []
  if (kindOf(first).shared) return [[alike]]
  const groups = alike.map((each) => [each])
  if (!kindOf(first).slow) return [groups]
  return [...Map.groupBy(groups, ([each]) => JSON.stringify(each && scopeOf(each))).values()]
}

/** So many programs run at once: one waits for the kernel, or for its turn on a busy host, while others work. */
const lanes = 4

async function inLanes(
  queues: readonly (readonly Group[])[],
  work: (group: Group) => Promise<void>,
): Promise<void> {
  const waiting = queues.values()
  const lane = async () => {
    for (const queue of waiting) for (const group of queue) await work(group)
  }
  await all(queues.slice(0, lanes).map(lane))
}

async function attempt(
  tools: DoctorTools,
  group: readonly Repair[],
): Promise<readonly RepairOutcome[]> {
  try {
    const why = await apply(tools, group)
    return group.map((each) =>
      typeof why === 'string'
        ? { kind: 'unneeded', repair: each, why }
        : { kind: 'done', repair: each },
    )
  } catch (error) {
    if (!(error instanceof CniError)) throw error
    if (group.length <= 1) return group.map((each) => failureOf(each, error))
    const alone: RepairOutcome[] = []
    for (const each of group) alone.push(...(await attempt(tools, [each])))
    return alone
  }
}

const appliers: Appliers = {
  ...attachmentAppliers,
  ...containerAppliers,
  ...networkAppliers,
  ...ruleAppliers,
}

async function apply(tools: DoctorTools, group: Group): Promise<unknown> {
  const [first] = group
  if (first === undefined) return undefined
  const applier = appliers[first.kind] as (...all: readonly unknown[]) => Promise<unknown>
  return applier(tools, first, group)
}

function failureOf(repair: Repair, cause: CniError): RepairOutcome {
  const message = `cannot ${describeRepair(repair)}`
  return { kind: 'failed', repair, error: new CniError({ code: cause.code, message, cause }) }
}
