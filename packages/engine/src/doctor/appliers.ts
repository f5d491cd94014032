import type { AttachmentKey } from '@vethra/cni'
import type { Repair, RepairOf } from '@vethra/findings'
import type { AttachmentRecord } from '@vethra/world'
import { isAlive } from '../attach/life.ts'
import type { DoctorTools } from './doctor-tools.ts'

/**
 * Makes repairs of each kind while the locks of their scopes are held: `all` of a shared kind at once, else the first. A text
 * says why there was nothing to do. Throws CniError where a repair fails.
 */
export type Appliers = {
  readonly [K in Repair['kind']]: (
    tools: DoctorTools,
    first: RepairOf<K>,
    all: readonly RepairOf<K>[],
  ) => Promise<unknown>
}

/** Why there is nothing to do for what has ended by itself: a process and its namespace wait for no lock. */
export const ended = 'it has ended meanwhile'

/** The record of an attachment whose namespace lives; undefined when it does not, or nothing is recorded. */
export async function livingRecord(
  { host }: Pick<DoctorTools, 'host'>,
  key: AttachmentKey,
): Promise<AttachmentRecord | undefined> {
  const record = await host.records.read(key)
  return record && (await isAlive(host, record)) ? record : undefined
}
