import { type CniError, inUseError } from '@vethra/cni'
import type { BundleRecord } from '@vethra/container'
import type { ManageTools } from '../network/tools.ts'
import { findContainer } from './container-inspect.ts'
import type { KnownContainer } from './container-state.ts'
import { holdingDecisions } from './holding-decisions.ts'

/** Changes what a container is to be, one change at a time, read again in its turn. Throws CniError 101 when there is none. */
export async function changeContainer<T>(
  tools: ManageTools,
  ref: string,
  change: (container: KnownContainer) => Promise<T>,
): Promise<T> {
  const { id } = await findContainer(tools, ref)
  return holdingDecisions(tools, id, async () => change(await findContainer(tools, id)))
}

/** The record of a container that `bundle prepare` made. Throws CniError 102 for any other, and for one without networks of its own. */
export function recordOf({ id, record }: KnownContainer): BundleRecord {
  if (record?.mode === 'cni') return record
  const hint = 'Prepare the bundle with --network NAME.'
  if (record === undefined) throw notPrepared(id, hint)
  throw inUseError(`container ${id} has no networks of its own: its mode is ${record.mode}`, hint)
}

/** CniError 102 for a container that `bundle prepare` did not make, and alone would change. */
export function notPrepared(id: string, hint: string): CniError {
  return inUseError(`container ${id} was not made by "vethra bundle prepare"`, hint)
}
