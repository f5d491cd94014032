import { type PodNames, podNames, podNamespace, podOf, podText } from '@vethra/container'
import type { CachedAttachment } from '@vethra/world'
import type { KnownContainer, KnownTools } from './container-state.ts'
import { type ForeignEntries, type ForeignTools, foreignEntries, foreignFrom } from './foreign.ts'

/** The pods that a CRI runtime attached, by id, from libcni's cache; names are the runtime's own, else cached. `known`: entries read. */
export async function readPods(
  tools: ForeignTools,
  known?: ForeignEntries,
): Promise<readonly KnownContainer[]> {
  const all = known ?? (await foreignEntries(tools))
  const pods = [...all].filter(([, entries]) => cachedPod(entries))
  if (pods.length === 0) return []
  const names = (await tools.sandboxes?.()) ?? new Map<string, PodNames>()
  const read = pods.map(async ([id, entries]) => {
    const named = names.get(id)
    const told = podNames(named?.namespace, named?.name)
    const pod = told.name === '' ? (cachedPod(entries) ?? told) : told
    return { ...(await foreignFrom(tools, { id, name: podText(pod) }, entries)), pod }
  })
  return (await Promise.all(read)).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** The names of the pod that cached attachments of one container are of; undefined where they are of none. */
export function cachedPod(entries: readonly CachedAttachment[]): PodNames | undefined {
  return entries.map(({ attachment }) => podOf(attachment)).find((each) => each !== undefined)
}

/** The pods that a namespace shows: its own are in `k8s.io`, and `default` has the networks that all share. */
export async function podsOf(
  { settings, host }: KnownTools,
  known?: ForeignEntries,
): Promise<readonly KnownContainer[]> {
  return [podNamespace, 'default'].includes(settings.namespace) ? readPods(host, known) : []
}
