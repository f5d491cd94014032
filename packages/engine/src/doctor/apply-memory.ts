import { identityOf } from '@vethra/cni'
import type { RepairOf } from '@vethra/findings'
import { isProven } from '../attach/life.ts'
import { waysByMark } from '../attach/ways-by-mark.ts'
import { isUsable, livingRecord } from './alive.ts'
import { type Applied, ended } from './applied.ts'
import type { DoctorTools } from './doctor-tools.ts'

/** Writes the cache entry of a living attachment again, from what was recorded while it was made. */
export async function restoreResult(
  { host }: DoctorTools,
  { attachment: key }: RepairOf<'restore-result'>,
): Promise<Applied> {
  const { made } = (await livingRecord(host, key)) ?? {}
  if (made === undefined) return ended
  await host.cache.write(made)
  await host.cache.flush()
}

/** Writes the record of a living attachment again: its cached result and the interface inside prove which namespace it is in. */
export async function restoreRecord(
  { host }: DoctorTools,
  { attachment: key }: RepairOf<'restore-record'>,
): Promise<Applied> {
  const [record, cached] = [await host.records.read(key), await host.cache.read(key)]
  if (!isUsable(cached)) return ended
  const { netns } = record ?? cached.attachment
  const seen = await host.netns.look(netns)
  const wanted = { ...key, ...record, netns, ...identityOf(seen) }
  if (!(await isProven(host, wanted, seen))) return 'nothing proves its namespace'
  const ways = record?.ways ?? (await waysByMark(host, cached))
  const again = { ...wanted, ...(ways ? { ways } : {}) }
  await host.records.write(again)
  // With what is cached, so that it can be cached again.
  await host.records.write({ ...again, made: cached })
  await host.records.flush()
}
