import { inUseError } from '@vethra/cni'
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
  throw inUseError(
    record === undefined
      ? `container ${id} was not made by "vethra bundle prepare"`
      : `container ${id} has no networks of its own: its mode is ${record.mode}`,
    'Prepare the bundle with --network NAME.',
  )
}
