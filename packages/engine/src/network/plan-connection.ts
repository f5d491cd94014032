import type { Membership } from '@vethra/container'
import { asMade } from '../attach/attach.ts'
import { convertIfReadable } from '../attach/cached-list.ts'
import { checkInterfaces } from '../attach/check-interfaces.ts'
import type { HostTools } from '../attach/host-tools.ts'
import { keyOf } from '../attach/membership.ts'
import { type CallRow, plannedRows } from '../attach/planned-rows.ts'
import { rememberingCache } from '../attach/remembered.ts'
import { waysNow } from '../attach/ways-now.ts'

/** The plan of `network connect` or `disconnect`, as a dry run prints it. */
export interface ConnectionPlan {
  readonly Network: string
  /** The id of the container. */
  readonly Container: string
  readonly Namespace: string
  /** Whether an interface is made or removed now; else it is at the next start, or at none. */
  readonly Now: boolean
  /** The interfaces that are made or removed. */
  readonly Interfaces: readonly string[]
  /** The networks that the container is in afterwards, in the order of its interfaces. */
  readonly Networks: readonly string[]
  /** The plugin calls, in order; empty when nothing happens now. */
  readonly Calls: readonly CallRow[]
}

/** The calls that attach one container, in order. Throws as the checks before an ADD do. */
export async function plannedAdds(
  tools: HostTools,
  memberships: readonly Membership[],
): Promise<readonly CallRow[]> {
  await checkInterfaces(
    tools,
    memberships.map(({ attachment, container }) => ({ ...attachment, container })),
  )
  return memberships.flatMap(({ list, attachment }) =>
    list ? plannedRows({ operation: 'ADD', list, attachment, ways: waysNow(tools, list) }) : [],
  )
}

/** The calls that detach one container, the last network first, by what is remembered of its ADD. */
export async function plannedDels(
  tools: HostTools,
  memberships: readonly Membership[],
): Promise<readonly CallRow[]> {
  const calls: CallRow[] = []
  for (const each of memberships.toReversed()) {
    const ways = (await tools.records.read(keyOf(each)))?.ways
    const made = await asMade(rememberingCache(tools), { ...each, ways }, convertIfReadable)
    if (made) calls.push(...plannedRows({ operation: 'DEL', ...made }))
  }
  return calls
}
