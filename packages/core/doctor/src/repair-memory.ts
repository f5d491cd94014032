import { guards } from '@vethra/lock'
import type { Repair } from '@vethra/model'
import { isUsable, livingRecord } from './alive.ts'
import type { DoctorTools } from './doctor-tools.ts'
import type { RepairResult } from './repair.ts'

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

/** Writes the record of a living attachment again, from what is cached. */
export async function restoreRecord(
  { host }: DoctorTools,
  { attachment: key }: Extract<Repair, { kind: 'restore-record' }>,
): Promise<RepairResult> {
  return host.lock.hold(guards.attachment(host.places, key.containerId), async () => {
    if ((await host.records.read(key)) !== undefined) return 'it is recorded'
    const cached = await host.cache.read(key)
    if (!isUsable(cached)) return 'it is not attached any more'
    const { netns } = cached.attachment
    const netnsId = await host.netns.idOf(netns)
    if (netnsId === '') return 'its namespace is gone'
    await host.records.write({ ...key, netns, netnsId })
    await host.records.flush()
    return undefined
  })
}
