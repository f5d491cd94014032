import type { HostTools } from '../attach/host-tools.ts'
import type { ContainerState, KnownContainer } from './container-state.ts'

/** The state of a container as commands show it: `paused` for one that runs and whose processes are frozen. */
export type ShownState = ContainerState | 'paused'

/** The state to show of a container. Pods are never paused, and namespaces joined by a path have no process to look at. */
export async function shownState(
  { facts }: Pick<HostTools, 'facts'>,
  { state, netns }: Pick<KnownContainer, 'state' | 'netns'>,
): Promise<ShownState> {
  const pid = state === 'running' ? /^\/proc\/(\d+)\/ns\/net$/.exec(netns)?.[1] : undefined
  if (pid === undefined) return state
  return (await (await facts?.())?.isFrozen(Number(pid))) ? 'paused' : state
}
