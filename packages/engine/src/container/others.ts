import { splitContainerId } from '@vethra/cni'
import type { KnownContainer, KnownTools } from './container-state.ts'
import { type ForeignEntries, foreignEntries, foreignFrom } from './foreign.ts'
import { cachedPod, podsOf } from './pods.ts'

/** The containers of other programs that a namespace shows: those of nerdctl and of `ctr run --cni`, by id, then pods. */
export async function foreignOf(tools: KnownTools): Promise<readonly KnownContainer[]> {
  const entries = await foreignEntries(tools.host)
  return [...(await othersOf(tools, entries)), ...(await podsOf(tools, entries))]
}

/**
 * The containers of a namespace that other programs attached and that are no pods, by id. nerdctl's have the names in its
 * own data store; programs that keep none have no names. `known`: entries that are read already.
 */
export async function othersOf(
  tools: KnownTools,
  known?: ForeignEntries,
): Promise<readonly KnownContainer[]> {
  const { host, settings } = tools
  const { namespace } = settings
  const all = known ?? (await foreignEntries(host))
  const others = [...all].filter(([, own]) => !cachedPod(own))
  const read = others.map(async ([containerId, own]) => {
    const id = idIn(namespace, containerId)
    if (id === undefined) return []
    const facts = await host.facts?.()
    const name = (await facts?.nerdctlName(namespace, id)) ?? ''
    return [await foreignFrom(host, { id, name }, own)]
  })
  return (await Promise.all(read)).flat().toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** Whether no more than a folder is known of a container: nerdctl makes one for those of others, too, as it looks at them. */
export function isBare({ record, names, attachments }: KnownContainer): boolean {
  return record === undefined && names === undefined && attachments.length === 0
}

// nerdctl and ctr join both by a dash. Where several readings are left, the shortest namespace has it.
function idIn(namespace: string, containerId: string): string | undefined {
  const ref = splitContainerId(containerId)
  return ref?.namespace === namespace ? ref.id : undefined
}
