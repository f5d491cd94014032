import { type ContainerRef, readingsOf } from '@vethra/cni'
import type { CachedAttachment } from '@vethra/world'
import type { HostTools } from '../attach/host-tools.ts'
import { homeOfTask } from './container-home.ts'
import { type ForeignTools, netnsOfEntry } from './foreign.ts'
import { cachedPod } from './pods.ts'

/** The dependencies of what tells which container of another program an attachment is of. */
export type OtherTools = ForeignTools & Pick<HostTools, 'facts'>

/**
 * The container that cached attachments are of, where no pod is: nerdctl and ctr join its namespace and id by a dash, and both
 * may have dashes. The one whose task is in the namespace of an attachment; else the one that has a task; else the reading of
 * `splitContainerId`. Undefined for a pod, and for an id without a namespace.
 */
export async function otherRef(
  { facts }: Pick<OtherTools, 'facts'>,
  own: readonly CachedAttachment[],
): Promise<ContainerRef | undefined> {
  const [first] = own
  if (first === undefined || cachedPod(own)) return undefined
  const [usual, ...others] = readingsOf(first.attachment.containerId)
  if (usual === undefined || others.length === 0) return usual
  const host = await facts?.()
  const read = [usual, ...others].map(async (ref) => {
    const state = await host?.taskState(ref.namespace, ref.id)
    return state === undefined ? [] : [{ ref, netns: homeOfTask(state)?.netns }]
  })
  const tasks = (await Promise.all(read)).flat()
  const paths = own.map(netnsOfEntry)
  const living = tasks.find(({ netns }) => netns !== undefined && paths.includes(netns))
  return (living ?? tasks[0])?.ref ?? usual
}

/** Whether a container is certainly one of containerd: it has a task, or an id as nerdctl gives it. */
export async function isTask(
  { facts }: Pick<OtherTools, 'facts'>,
  { namespace, id }: ContainerRef,
): Promise<boolean> {
  if (/^[0-9a-f]{64}$/.test(id)) return true
  return (await (await facts?.())?.taskState(namespace, id)) !== undefined
}
