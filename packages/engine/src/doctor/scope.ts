import { CniError, guards, orElse } from '@vethra/cni'
import { kindOf, type Repair, scopeOf } from '@vethra/findings'
import type { Lock } from '@vethra/world'
import { attachedIdOf } from '../attach/container-records.ts'
import type { DoctorTools } from './doctor-tools.ts'

/** The part of a host that a look is for: attachments by their container, as plugins know it, or by their network. */
export interface Scope {
  readonly containers: ReadonlySet<string>
  readonly networks: ReadonlySet<string>
  /** The repairs that a look is for. */
  readonly kinds: ReadonlySet<Repair['kind']>
}

/** Whether something of a container is in a scope; without a scope everything is. */
export function isIn(
  scope: Scope | undefined,
  { network = '', containerId }: { readonly network?: string; readonly containerId: string },
): boolean {
  return !scope || scope.containers.has(containerId) || scope.networks.has(network)
}

/** Whether a look is for repairs of one of these kinds: what others need alone is not looked at. */
export function isFor(scope: Scope | undefined, ...kinds: readonly Repair['kind'][]): boolean {
  return !scope || kinds.some((kind) => scope.kinds.has(kind))
}

/** A repair with its scope and its lock; the latter is empty where what is planted has an id that has no lock. */
export interface Located {
  readonly repair: Repair
  readonly lock: string
  readonly containerId?: string
  readonly network?: string
}

/** Repairs in batches that are made under their locks together, in the order in which they are safe. */
export async function batchesOf(
  tools: DoctorTools,
  repairs: readonly Repair[],
): Promise<readonly (readonly Located[])[]> {
  const located = await Promise.all(repairs.map((each) => locate(tools, each)))
  const phases = Map.groupBy(located, ({ repair }) => kindOf(repair).phase)
  return [...phases.values()].flatMap((phase) => {
    const scopes = [...Map.groupBy(phase, ({ lock }) => lock).values()]
    const { slow = [], fast = [] } = Object.groupBy(scopes, (each) =>
      each.some(({ repair }) => kindOf(repair).slow) ? 'slow' : 'fast',
    )
    return [...inParts(slow, fewScopes), ...inParts(fast, manyScopes)].map((part) => part.flat())
  })
}

/** The scopes that are held at once: where plugins may run as programs, and where not: a process may have 1,024 files open. */
const [fewScopes, manyScopes] = [20, 900]

async function locate({ host }: DoctorTools, repair: Repair): Promise<Located> {
  const scope = scopeOf(repair)
  if ('network' in scope)
    return { repair, ...scope, lock: guards.network(host.places, scope.network) }
  const containerId =
    'container' in scope ? await attachedIdOf(host.records, scope.container) : scope.containerId
  const lock = orElse(() => guards.attachment(host.places, containerId), '')
  return { repair, containerId, lock }
}

/** The scope of repairs. */
export function scopeOfAll(located: readonly Located[]): Scope {
  return {
    containers: new Set(located.flatMap(({ containerId }) => containerId ?? [])),
    networks: new Set(located.flatMap(({ network }) => network ?? [])),
    kinds: new Set(located.map(({ repair }) => repair.kind)),
  }
}

function inParts<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const parts = Math.ceil(items.length / size)
  return Array.from({ length: parts }, (_, at) => items.slice(at * size, (at + 1) * size))
}

/**
 * Runs `work` under all locks of repairs that are free, then under each that was busy: nobody waits for one container
 * while others are held. `work` gets the repairs whose locks are held, or why one could not be had.
 */
export async function holdingEach(
  { host, lockNow }: Pick<DoctorTools, 'host' | 'lockNow'>,
  located: readonly Located[],
  work: (repairs: readonly Located[], refusal?: CniError) => Promise<void>,
): Promise<void> {
  const byLock = Map.groupBy(located, ({ lock }) => lock)
  const of = (locks: readonly string[]) => locks.flatMap((each) => byLock.get(each) ?? [])
  const busy = new Set<string>()
  const locks = [...byLock.keys()]
  const holdFree = async (at: number): Promise<void> => {
    const lock = locks[at]
    if (lock === undefined) return work(of(locks.filter((each) => !busy.has(each))))
    const refusal = await refusalOf(lockNow, lock, () => holdFree(at + 1))
    if (refusal === undefined) return
    busy.add(lock)
    await holdFree(at + 1)
  }
  await holdFree(0)
  for (const lock of busy) {
    const refusal = await refusalOf(host.lock, lock, () => work(of([lock])))
    if (refusal) await work(of([lock]), refusal)
  }
}

/** Runs `work` under a lock. Returns why the lock could not be had; throws where the work itself fails. No path is no lock. */
export async function refusalOf(
  lock: Lock,
  path: string,
  work: () => Promise<void>,
): Promise<CniError | undefined> {
  if (path === '') return void (await work())
  let isHeld = false
  try {
    await lock.hold(path, () => {
      isHeld = true
      return work()
    })
    return undefined
  } catch (error) {
    if (isHeld || !(error instanceof CniError)) throw error
    return error
  }
}
