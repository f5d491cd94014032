import { type ContainerRef, readingsOf } from '@vethra/cni'
import type { CachedAttachment, HostFacts } from '@vethra/world'
import type { HostTools } from '../attach/host-tools.ts'
import { homeOfTask } from './container-home.ts'
import { type ForeignTools, netnsOfEntry } from './foreign.ts'
import { cachedPod } from './pods.ts'

/** The ports that tell which container of another program an attachment is of. */
export type OtherTools = ForeignTools & Pick<HostTools, 'facts'>

/** The container that the cached attachments of one container id are of; see `otherRefs`. */
export async function otherRef(
  tools: Pick<OtherTools, 'facts'>,
  own: readonly CachedAttachment[],
): Promise<ContainerRef | undefined> {
  return (await otherRefs(tools, [own]))[0]
}

/**
 * The containers that cached attachments are of, where no pods are: nerdctl and ctr join a container's namespace and id by a dash,
 * and both may have dashes. The one whose task is in the namespace of an attachment; else the one that has a task; else the
 * one that containerd has in its records; else the reading of `splitContainerId`. Undefined for a pod, and for an id without a namespace.
 */
export async function otherRefs(
  { facts }: Pick<OtherTools, 'facts'>,
  all: readonly (readonly CachedAttachment[])[],
): Promise<readonly (ContainerRef | undefined)[]> {
  const possible = all.map(readingsOfEntries)
  // Most ids can be read in one way, and the facts of a host are a module of their own.
  const host = possible.some((each) => each.length > 1) ? await facts?.() : undefined
  const found = await Promise.all(all.map((own, at) => byTask(host, possible[at] ?? [], own)))
  const unsure = possible.flatMap((readings, at) =>
    found[at] === undefined && readings.length > 1 ? readings : [],
  )
  const known = unsure.length === 0 ? [] : ((await host?.knownContainers(unsure)) ?? [])
  const isKnown = (ref: ContainerRef) =>
    known.some(({ namespace, id }) => namespace === ref.namespace && id === ref.id)
  return possible.map((readings, at) => found[at] ?? readings.find(isKnown) ?? readings[0])
}

function readingsOfEntries(own: readonly CachedAttachment[]): readonly ContainerRef[] {
  const [first] = own
  return first === undefined || cachedPod(own) ? [] : readingsOf(first.attachment.containerId)
}

// The reading that a task tells, where there are several.
async function byTask(
  host: HostFacts | undefined,
  readings: readonly ContainerRef[],
  own: readonly CachedAttachment[],
): Promise<ContainerRef | undefined> {
  if (readings.length < 2) return undefined
  const read = readings.map(async (ref) => {
    const state = await host?.taskState(ref.namespace, ref.id)
    return state === undefined ? [] : [{ ref, netns: homeOfTask(state)?.netns }]
  })
  const tasks = (await Promise.all(read)).flat()
  const paths = own.map(netnsOfEntry)
  const living = tasks.find(({ netns }) => netns !== undefined && paths.includes(netns))
  return (living ?? tasks[0])?.ref
}

/** Whether a container is certainly one of containerd: it has a task, or an id as nerdctl gives it. */
export async function isTask(
  { facts }: Pick<OtherTools, 'facts'>,
  { namespace, id }: ContainerRef,
): Promise<boolean> {
  if (/^[0-9a-f]{64}$/.test(id)) return true
  return (await (await facts?.())?.taskState(namespace, id)) !== undefined
}
