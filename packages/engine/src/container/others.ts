import { type ContainerRef, readingsOf } from '@vethra/cni'
import type { CachedAttachment } from '@vethra/world'
import { type KnownContainer, type KnownTools, readContainers } from './container-state.ts'
import { type ForeignEntries, foreignEntries, foreignFrom } from './foreign.ts'
import { type OtherTools, otherRefs } from './other-ref.ts'
import { podsOf } from './pods.ts'

/** The containers that a namespace shows, whatever their state, by id; then those of other programs. */
export async function shownContainers(tools: KnownTools): Promise<readonly KnownContainer[]> {
  const others = await foreignOf(tools)
  const theirs = new Set(others.map(({ id }) => id))
  const own = (await readContainers(tools)).filter((each) => !(isBare(each) && theirs.has(each.id)))
  const ids = new Set(own.map(({ id }) => id))
  return [...own, ...others.filter(({ id }) => !ids.has(id))]
}

/** The containers of other programs that a namespace shows: those of nerdctl and of `ctr run --cni`, by id, then pods. */
export async function foreignOf(tools: KnownTools): Promise<readonly KnownContainer[]> {
  const entries = await foreignEntries(tools.host)
  return [...(await othersOf(tools, entries)), ...(await podsOf(tools, entries))]
}

/** A namespace's containers of other programs that are no pods, by id, with nerdctl's names. `known`: entries that were read. */
export async function othersOf(
  { host, settings }: KnownTools,
  known?: ForeignEntries,
): Promise<readonly KnownContainer[]> {
  const { namespace } = settings
  const all = known ?? (await foreignEntries(host))
  const maybeHere = [...all].flatMap(([containerId, own]) =>
    readingsOf(containerId).some((each) => each.namespace === namespace) ? [own] : [],
  )
  const refs = await otherRefs(host, maybeHere)
  const read = maybeHere.flatMap((own, index) => {
    const ref = refs[index]
    return ref?.namespace === namespace ? [otherFrom(host, ref, own)] : []
  })
  return (await Promise.all(read)).toSorted((a, b) => (a.id < b.id ? -1 : 1))
}

/** A container that another program attached, by its namespace and id. */
export async function otherFrom(
  host: OtherTools,
  { namespace, id }: ContainerRef,
  own: readonly CachedAttachment[],
): Promise<KnownContainer> {
  const name = (await (await host.facts?.())?.nerdctlName(namespace, id)) ?? ''
  return foreignFrom(host, { id, name }, own)
}

/** Whether no more than a folder is known of a container: nerdctl makes one for those of others, too, as it looks at them. */
export function isBare({ record, names, attachments }: KnownContainer): boolean {
  return record === undefined && names === undefined && attachments.length === 0
}
