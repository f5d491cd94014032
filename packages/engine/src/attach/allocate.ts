import {
  type Allocation,
  type AllocationRequest,
  allocationSteps,
  type Candidate,
  readAllocated,
} from '@vethra/ipam'
import type { IpamStore } from '@vethra/world'
import { undoAfter } from './failures.ts'

/** Reserves an address of each range set, requested ones first; gives all back when one has none. Throws what the store throws. */
export async function allocate(store: IpamStore, request: AllocationRequest): Promise<Allocation> {
  const ips: Candidate[] = []
  const giveBack = async () => {
    if (ips.length > 0) await store.release(request.network, request.holder)
  }
  let refused: Allocation | undefined
  try {
    for (const step of allocationSteps(request)) {
      const result =
        step.kind === 'claim'
          ? readAllocated(step, await store.reserveFirst(request.network, step.claim))
          : step
      if ('kind' in result) {
        refused = result
        break
      }
      ips.push(result)
    }
  } catch (error) {
    throw await undoAfter(error, giveBack)
  }
  if (refused === undefined) return { kind: 'allocated', ips }
  await giveBack()
  return refused
}
