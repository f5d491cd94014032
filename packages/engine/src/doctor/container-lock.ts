import { type ContainerRef, guards } from '@vethra/cni'
import { lifeNow } from '../attach/life.ts'
import { attachedIdOf } from '../attach/whose.ts'
import { lifeOfCached } from './alive.ts'
import type { DoctorTools, NamespaceTools } from './doctor-tools.ts'
import type { RepairResult } from './repair-result.ts'

/**
 * Runs `work` under the lock of the container: its names and ports change with attaching and
 * detaching.
 */
export async function holding(
  { host, inNamespace }: DoctorTools,
  ref: ContainerRef,
  work: (own: NamespaceTools) => Promise<RepairResult>,
): Promise<RepairResult> {
  const lock = guards.attachment(host.places, await attachedIdOf(host.records, ref))
  return host.lock.hold(lock, async () => work(await inNamespace(ref.namespace)))
}

/** Whether something attaches a container to a namespace that is there, or may be. */
export async function isContainerAttached(tools: DoctorTools, ref: ContainerRef): Promise<boolean> {
  return isAttached(tools, await attachedIdOf(tools.host.records, ref))
}

/** The same of a container as plugins know it. */
export async function isAttached({ host }: DoctorTools, containerId: string): Promise<boolean> {
  const records = await host.records.list(containerId)
  for (const record of records) {
    if ((await lifeNow(host, record)) !== 'gone') return true
  }
  const recorded = new Set(records.map(({ ifname }) => ifname))
  for (const cached of await host.cache.list(containerId)) {
    // Of what is recorded the record tells more.
    if (recorded.has(cached.attachment.ifname)) continue
    if ((await lifeOfCached(host, cached)) !== 'gone') return true
  }
  return false
}
