import { guards, identityOf, isSameNamespace } from '@vethra/cni'
import type { Repair } from '@vethra/findings'
import { isProven } from '../attach/life.ts'
import { waysByMark } from '../attach/ways-by-mark.ts'
import { isUsable, livingRecord } from './alive.ts'
import type { DoctorTools } from './doctor-tools.ts'
import type { RepairResult } from './repair-result.ts'

/** Writes the cache entry of a living attachment again, from what was recorded while it was made. */
export async function restoreResult(
  { host }: DoctorTools,
  { attachment: key }: Extract<Repair, { kind: 'restore-result' }>,
): Promise<RepairResult> {
  return host.lock.hold(guards.attachment(host.places, key.containerId), async () => {
    const record = await livingRecord(host, key)
    if (record === undefined) return 'it is not attached any more'
    if (isUsable(await host.cache.read(key))) return 'it is remembered'
    if (record.made === undefined) return 'nothing is recorded to remember it by'
    await host.cache.write(record.made)
    await host.cache.flush()
    return undefined
  })
}

/** Writes the record of a living attachment again: its cached result and the interface inside prove which namespace it is in. */
export async function restoreRecord(
  { host }: DoctorTools,
  { attachment: key }: Extract<Repair, { kind: 'restore-record' }>,
): Promise<RepairResult> {
  return host.lock.hold(guards.attachment(host.places, key.containerId), async () => {
    const record = await host.records.read(key)
    if (record?.cookie !== undefined) return 'it is recorded'
    const cached = await host.cache.read(key)
    if (!isUsable(cached)) return 'it is not attached any more'
    const { netns } = record ?? cached.attachment
    const seen = await host.netns.look(netns)
    if (record && isSameNamespace(record, seen) === false) return 'its namespace is another'
    const wanted = { ...key, ...record, netns, ...identityOf(seen) }
    if (!(await isProven(host, wanted, seen))) return 'nothing proves its namespace'
    const ways = record?.ways ?? (await waysByMark(host, cached))
    await host.records.write({ ...wanted, ...(ways ? { ways } : {}) })
    await host.records.flush()
    return undefined
  })
}
